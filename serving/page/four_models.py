"""One question, asked of every model that can answer it: the same rows, by other SQL, in another time."""

from typing import Any

import pandas as pd
import streamlit as st

from serving.editions import Edition
from serving.page import source
from serving.questions import MODELS, Answered, Compared, Question, compared, questions

ROWS = 200


def show() -> None:
    st.title("Four models, one answer")
    asked = {question.title: question for question in questions()}
    question = asked[st.selectbox("Question", list(asked))]
    with source.edition() as edition:
        found = _compared(edition, question)
        _verdict(found)
        for place, (model, label) in zip(st.columns(len(MODELS)), MODELS.items(), strict=True):
            with place:
                _one(label, question, model, found.answers.get(model))
        first = next(iter(found.answers.values()))
        st.header("The answer")
        st.dataframe(pd.DataFrame(sorted(first.rows, key=_order)[:ROWS], columns=list(first.columns)), hide_index=True)
        if len(first.rows) > ROWS:
            st.caption(f"The first {ROWS:,} of {len(first.rows):,} rows.")


@st.cache_data(max_entries=20, show_spinner="Asking each of them …", hash_funcs=source.BY_STAMP | {Question: lambda asked: asked.name})
def _compared(edition: Edition, question: Question) -> Compared:
    return compared(edition.metrics.engine.cursor(), question)


def _verdict(found: Compared) -> None:
    for told in found.complaints:
        st.error(f"{told}.")
    if not found.complaints:
        rows = len(next(iter(found.answers.values())).rows)
        st.success(f"The same {rows:,} rows from {len(found.answers)} models, to the cent.")


def _one(label: str, question: Question, model: str, answer: Answered | None) -> None:
    st.subheader(label)
    if answer is None:
        st.caption(question.without.get(model, "It has no answer yet."))
        return
    st.metric("Time", f"{answer.seconds * 1000:,.0f} ms")
    st.caption(f"Joins: {question.sql[model].count(' join ')}. Lines of SQL: {len(question.sql[model].splitlines())}.")
    with st.expander("SQL"):
        st.code(question.sql[model], language="sql")


def _order(row: tuple[Any, ...]) -> list[tuple[bool, Any]]:
    """By the key's columns, which stand first; empty cells last."""
    return [(cell is None, cell) for cell in row]
