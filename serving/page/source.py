"""What the page reads: the edition that is published at each run, and its answers as frames."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pandas as pd
import pyarrow as pa
import streamlit as st

from ingestion.errors import UserError
from ingestion.grocer.loyalty.problems import Problem
from serving.editions import Edition, Library, ServedFiles
from serving.metrics import Statement

BY_STAMP = {Edition: lambda published: published.stamp, Statement: repr}
"""What Streamlit keeps is kept for an edition, which never changes."""


@st.cache_resource
def _library() -> Library:
    return Library(ServedFiles())


@contextmanager
def edition() -> Iterator[Edition]:
    """What is published now; where nothing can be read, the page says so in a sentence and ends there."""
    try:
        with _library().edition() as published:
            yield published
    except (Problem, UserError) as problem:
        st.error(str(problem))
        st.stop()


def table(published: Edition, sql: str, *values: object) -> pd.DataFrame:
    """The rows of a query whose values are bound, decimals as floats for the eye."""
    return for_the_eye(_rows(published, sql, values))


def named(published: Edition, sql: str, values: dict[str, object]) -> pd.DataFrame:
    """As `table`, with values that have names."""
    return for_the_eye(_rows(published, sql, values))


def built_at(published: Edition) -> datetime:
    """When the build began that is published, UTC."""
    return table(published, "select built_at from main.publication").built_at[0]


@st.cache_data(max_entries=200, show_spinner="Asking …", hash_funcs=BY_STAMP)
def answer(published: Edition, statement: Statement, limit: int) -> pa.Table:
    """The rows of a query for metrics, to the cent, one more than the limit when there are more. NotUnderstood, or UserError."""
    return published.metrics.run(statement, limit=limit + 1).to_arrow_table()


def for_the_eye(exact: pa.Table) -> pd.DataFrame:
    """The same rows with decimals as floats, which is what charts and tables draw."""
    fields = [pa.field(field.name, pa.float64() if pa.types.is_decimal(field.type) else field.type) for field in exact.schema]
    return exact.cast(pa.schema(fields)).to_pandas(date_as_object=False)


@st.cache_data(max_entries=200, show_spinner=False, hash_funcs=BY_STAMP)
def _rows(published: Edition, sql: str, values: tuple[object, ...] | dict[str, object]) -> pa.Table:
    return published.metrics.engine.cursor().execute(sql, values or None).to_arrow_table()
