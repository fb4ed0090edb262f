"""What Streamlit runs, from the top at each change that a reader makes."""

import streamlit as st

from serving.page import dashboard, explorer, four_models, models, source

st.set_page_config(page_title="Aisle", layout="wide")
PAGES = [
    st.Page(dashboard.show, title="The year", default=True),
    st.Page(explorer.show, title="Metrics", url_path="metrics"),
    st.Page(models.show, title="Models", url_path="models"),
    st.Page(four_models.show, title="Four models, one answer", url_path="four-models"),
]
shown = st.navigation(PAGES, position="hidden")
with st.container(horizontal=True):  # wraps on a narrow screen, where a sidebar would cover what it leads to
    for page in PAGES:
        st.page_link(page)
shown.run()
with source.edition() as edition:
    st.caption(f"Sales until {edition.as_of_date:%d %B %Y}, published {edition.published_at:%Y-%m-%d %H:%M} UTC.")
