"""Metrics to explore: what, by what, where, when; as chart, table and SQL, to take away as a file."""

import io

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import streamlit as st

from ingestion.errors import UserError
from serving.editions import Edition
from serving.metrics import Statement, compiled
from serving.page import charts, source
from serving.queries import OPERATORS, Column, Query, Term
from serving.semantics import TIME, Field
from serving.terminal import values, written

WORDS = {
    "eq": "is", "ne": "is not", "in": "is one of", "not_in": "is none of", "between": "is between", "gt": "is more than",
    "ge": "is at least", "lt": "is less than", "le": "is at most", "is_null": "is empty", "is_not_null": "is not empty",
}  # fmt: skip
ROWS = 1000
METRICS = 4
BARS = 30
CENTS_UP_TO = 100
FORMATS = {"$": "dollar", "%": "percent", "d": "localized", "f": "%.2f"}


def show() -> None:
    st.title("Metrics")
    with source.edition() as edition:
        try:
            asked = _asked(edition)
            if asked is None:
                st.info("Choose a metric.")
                return
            statement = compiled(edition.semantics, asked)
            exact = source.answer(edition, statement, ROWS)
        except UserError as error:
            st.warning(str(error))
            return
        _shown(asked, statement, exact)


def _asked(edition: Edition) -> Query | None:
    """What the reader has chosen; None while no metric is."""
    semantics = edition.semantics
    metrics = tuple(
        st.multiselect(
            "Metrics",
            list(semantics.metrics),
            default=["net_sales"],
            format_func=lambda name: semantics.metrics[name].label,
            max_selections=METRICS,
            key="metrics",
        )
    )
    if not metrics:
        return None
    for name in metrics:
        st.caption(f"**{semantics.metrics[name].label}**: {semantics.metrics[name].description} _{semantics.metrics[name].formula}_")
    fields = semantics.fields(metrics)
    # What was chosen stays, as far as these metrics can be grouped by it.
    st.session_state["group_by"] = [name for name in st.session_state.get("group_by", [f"{TIME}__grocer_week"]) if name in fields]
    group_by = tuple(
        st.multiselect("Group by", list(fields), format_func=lambda name: _name(fields[name]), max_selections=4, key="group_by")
    )
    left, right = st.columns(2)
    start = left.date_input("From", value=None, key="start", help="The first day; empty for all.")
    end = right.date_input("To", value=None, key="end", help="The last day; empty for all.")
    with st.expander("Filters", expanded=bool(st.session_state.get("filters"))):
        where = _filters(edition, metrics, fields)
    return Query(metrics, group_by, where, start=start, end=end)


def _filters(edition: Edition, metrics: tuple[str, ...], fields: dict[str, Field]) -> tuple[Term, ...]:
    """The filters that are complete; all of them hold together."""
    labels = {name: _name(field) for name, field in fields.items()} | {name: edition.semantics.metrics[name].label for name in metrics}
    terms, incomplete = [], 0
    for number in range(int(st.number_input("How many filters", 0, 5, 0, key="filters"))):
        if st.session_state.get(f"field{number}") not in labels:
            st.session_state[f"field{number}"] = next(iter(labels))
        name, operator, value = st.columns([3, 2, 3])
        field = name.selectbox(f"Field {number + 1}", list(labels), format_func=labels.__getitem__, key=f"field{number}")
        word = operator.selectbox(f"Comparison {number + 1}", list(OPERATORS), format_func=WORDS.__getitem__, key=f"operator{number}")
        text = ""
        if "null" not in word:
            hint = "GROCERY, PRODUCE" if word in {"in", "not_in", "between"} else "GROCERY"
            text = value.text_input(f"Value {number + 1}", placeholder=hint, key=f"value{number}", max_chars=200).strip()
        if text or "null" in word:
            terms.append(Term(field, word, values(word, text)))
        else:
            incomplete += 1
    if incomplete:
        st.caption("A filter without a value is left out.")
    return tuple(terms)


def _shown(asked: Query, statement: Statement, exact: pa.Table) -> None:
    more, exact = exact.num_rows > ROWS, exact.slice(0, ROWS)
    if more:
        st.info(f"Only the first {ROWS:,} rows are shown: filter, or group by less.")
    if not exact.num_rows:
        st.info("No row holds for these filters and days.")
    chart, table, sql = st.tabs(["Chart", "Table", "SQL"])
    with chart:
        _chart(asked, statement, exact)
    with table:
        formats = {column.label: st.column_config.NumberColumn(format=_format(column)) for column in statement.columns if column.format}
        frame = source.for_the_eye(exact)
        frame.columns = [column.label for column in statement.columns]
        st.dataframe(frame, hide_index=True, column_config=formats)
    with sql:
        st.code(statement.sql, language="sql")
        if statement.parameters:
            st.caption("The values are bound: " + ", ".join(f"${name} is {value!r}" for name, value in statement.parameters.items()))
    left, right = st.columns(2)
    left.download_button("Download CSV", _csv(exact), "metrics.csv", "text/csv", width="stretch")
    right.download_button("Download Parquet", _parquet(exact), "metrics.parquet", "application/vnd.apache.parquet", width="stretch")


def _chart(asked: Query, statement: Statement, exact: pa.Table) -> None:
    """A chart a metric: over time where time is grouped by, else bars; another field of the query as series."""
    by, metrics = statement.columns[: len(asked.group_by)], statement.columns[len(asked.group_by) :]
    if not by:
        for metric in metrics:
            st.metric(metric.label, written(exact.column(metric.name)[0].as_py(), metric.format) if exact.num_rows else "none")
        return
    first, *others = sorted(by, key=lambda column: not column.name.startswith(TIME))
    if len(others) > 1:
        st.caption("A chart shows two fields at most; the table has all.")
        return
    frame = source.for_the_eye(exact)
    for metric in metrics:
        st.subheader(metric.label)
        drawn = frame[[column.name for column in (first, *others, metric)]]
        over_time = first.name.startswith(TIME)
        drawn = drawn if over_time else _largest(drawn, first.name, metric.name, BARS)
        series = others[0].name if others else None
        drawn = _largest(drawn, series, metric.name, charts.SERIES) if series else drawn
        form = metric.format.replace(".2f", ".0f") if drawn[metric.name].abs().max() > CENTS_UP_TO else metric.format
        if over_time:
            charts.lines(drawn, first.name, metric.name, x_title=first.label, y_title=metric.label, form=form, series=series)
        else:
            charts.bars(drawn, first.name, metric.name, x_title=metric.label, form=form, series=series)


def _largest(frame: pd.DataFrame, name: str, amount: str, count: int) -> pd.DataFrame:
    """The rows of the largest by name, their names as text."""
    frame = frame.assign(**{name: frame[name].astype(str)})
    if frame[name].nunique() <= count:
        return frame
    st.caption(f"The {count} largest of {frame[name].nunique()} are drawn; the table has all.")
    return frame[frame[name].isin(frame.groupby(name)[amount].sum().nlargest(count).index)]


def _name(field: Field) -> str:
    """A field as people say it; where it is from when several have the name."""
    return field.short.replace("_", " ") if field.kind != "categorical" else field.name.replace("__", ": ").replace("_", " ")


def _format(column: Column) -> str:
    return FORMATS["$" if column.format.startswith("$") else column.format[-1]]


def _csv(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pyarrow.csv.write_csv(table, sink)
    return sink.getvalue()


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pyarrow.parquet.write_table(table, sink)
    return sink.getvalue()
