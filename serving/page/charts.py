"""Charts that read alike in light and dark and for every colour vision: lines have dashes too, bars have their names."""

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

# Okabe and Ito's, without black, and with a darker yellow that shows on white.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C8C8C", "#B5A800")
SERIES = len(COLOURS)
POINTS = 60
HEIGHT, AXIS, LEGEND = 220, 70, 60


def lines(frame: pd.DataFrame, x: str, y: str, *, x_title: str, y_title: str, form: str, series: str | None = None) -> None:
    """A line, or one for each of `series`, over days, weeks' numbers or months."""
    encoded: dict[str, Any] = {
        "x": alt.X(x, type=_type(frame[x]), title=x_title),
        "y": alt.Y(y, type="quantitative", title=y_title, axis=alt.Axis(format=form)),
        "tooltip": _tooltip(frame, y, form),
    }
    if series:
        encoded |= {"color": _colour(series), "strokeDash": alt.StrokeDash(series, type="nominal", legend=None)}
    mark = {} if series else {"color": COLOURS[0]}
    _draw(alt.Chart(frame).mark_line(point=len(frame) <= POINTS, **mark).encode(**encoded), y_title, HEIGHT, series)


def bars(frame: pd.DataFrame, y: str, x: str, *, x_title: str, form: str, series: str | None = None) -> None:
    """A bar for each of `y`, the longest first; of `series` one below the other."""
    encoded: dict[str, Any] = {
        "y": alt.Y(y, type="nominal", sort="-x", title=None, axis=alt.Axis(labelLimit=160, labelOverlap=False)),
        "x": alt.X(x, type="quantitative", title=x_title, axis=alt.Axis(format=form, tickCount=4)),
        "tooltip": _tooltip(frame, x, form),
    }
    if series:
        encoded |= {"color": _colour(series), "yOffset": alt.YOffset(series, type="nominal", sort=None)}
    mark = {} if series else {"color": COLOURS[0]}
    height = frame[y].nunique() * (14 * frame[series].nunique() + 8 if series else 24)
    _draw(alt.Chart(frame).mark_bar(**mark).encode(**encoded), x_title, height, series)


def _type(column: pd.Series) -> str:
    if pd.api.types.is_datetime64_any_dtype(column):
        return "temporal"
    return "quantitative" if pd.api.types.is_numeric_dtype(column) else "ordinal"


def _colour(series: str) -> alt.Color:
    return alt.Color(
        series, type="nominal", title=None, sort=None, scale=alt.Scale(range=list(COLOURS)), legend=alt.Legend(orient="bottom", columns=2)
    )


def _tooltip(frame: pd.DataFrame, amount: str, form: str) -> list[alt.Tooltip]:
    return [alt.Tooltip(name, format=form) if name == amount else alt.Tooltip(name) for name in frame.columns]


def _draw(chart: alt.Chart, described: str, height: int, series: str | None) -> None:
    """Streamlit's height is that of the whole picture: axis and legend come on top of what is drawn."""
    st.altair_chart(chart.properties(height=height + AXIS + (LEGEND if series else 0), description=described), width="stretch")
