"""The web page over what is published: metrics, the year, the models, and four models' answer to one question.

Streamlit runs `app.py`; `python -m serving page` starts it on this machine only.
"""
