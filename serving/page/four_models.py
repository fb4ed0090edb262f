"""One question, asked of every model that can answer it: the same rows, by other SQL, in another time."""

from typing import Any

import pandas as pd
import streamlit as st

from serving.editions import Edition
from serving.page import source
from serving.questions import MODELS, Answered, Question, answered, difference, questions

ROWS = 200


def show() -> None:
    st.title("Four models, one answer")
    asked = {question.title: question for question in questions()}
    question = asked[st.selectbox("Question", list(asked))]
    with source.edition() as edition:
        answers = _answers(edition, question)
        _verdict(answers)
        for place, (model, label) in zip(st.columns(len(MODELS)), MODELS.items(), strict=True):
            with place:
                _one(label, question, model, answers.get(model))
        first = next(iter(answers.values()))
        st.header("The answer")
        st.dataframe(pd.DataFrame(sorted(first.rows, key=_order)[:ROWS], columns=list(first.columns)), hide_index=True)
        if len(first.rows) > ROWS:
            st.caption(f"The first {ROWS:,} of {len(first.rows):,} rows.")


@st.cache_data(max_entries=20, show_spinner="Asking each of them …", hash_funcs=source.BY_STAMP | {Question: lambda asked: asked.name})
def _answers(edition: Edition, question: Question) -> dict[str, Answered]:
    return {model: answered(edition.metrics.engine.cursor(), question, model) for model in question.sql}


def _verdict(answers: dict[str, Answered]) -> None:
    first, *others = answers
    wrong = {model: told for model in others if (told := difference(answers[first], answers[model]))}
    if wrong:
        for model, told in wrong.items():
            st.error(f"{MODELS[first]} and {MODELS[model]}: {told}.")
    else:
        st.success(f"The same {len(answers[first].rows):,} rows from {len(answers)} models, to the cent.")


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
