"""The year at a glance: the dashboards that the materialized views serve, each with how fresh it is."""

import pandas as pd
import streamlit as st

from serving.editions import Edition
from serving.metrics import compiled
from serving.page import charts, source
from serving.queries import Query
from serving.terminal import written

HEADLINES = ("net_sales", "baskets", "active_households", "promotion_share")
DEPARTMENTS = 12
STEPS = {
    "addressed_household_count": "addressed",
    "visiting_household_count": "came",
    "buying_household_count": "bought what a coupon is for",
    "redeeming_household_count": "redeemed",
}


def show() -> None:
    st.title("The year")
    with source.edition() as edition:
        _headlines(edition)
        left, right = st.columns(2)
        with left:
            _by_week(edition)
        with right:
            _promotions(edition)
        left, right = st.columns(2)
        with left:
            _departments(edition)
        with right:
            _households(edition)
        _campaigns(edition)


def _headlines(edition: Edition) -> None:
    statement = compiled(edition.semantics, Query(HEADLINES))
    [row] = source.answer(edition, statement, 1).to_pylist()
    for place, column in zip(st.columns(len(HEADLINES)), statement.columns, strict=True):
        place.metric(column.label, written(row[column.name], column.format.replace(".2f", ".0f")))


def _by_week(edition: Edition) -> None:
    st.header("Sales by week")
    frame = source.table(edition, "select grocer_week, sales_amount from serving.mv_promotion_share_by_week order by grocer_week")
    charts.lines(frame, "grocer_week", "sales_amount", x_title="Grocer's week", y_title="Net sales", form="$,.0f")
    _freshness(edition, "mv_promotion_share_by_week")


def _promotions(edition: Edition) -> None:
    st.header("Bought on promotion")
    frame = source.table(edition, "select grocer_week, promoted_sales_share from serving.mv_promotion_share_by_week order by grocer_week")
    charts.lines(frame, "grocer_week", "promoted_sales_share", x_title="Grocer's week", y_title="Share of net sales", form=".0%")
    _freshness(edition, "mv_promotion_share_by_week")


def _departments(edition: Edition) -> None:
    st.header("Departments")
    frame = source.table(
        edition,
        """
        select department, sum(sales_amount) as sales_amount
        from serving.mv_sales_by_week_and_department group by department order by sales_amount desc limit ?
        """,
        DEPARTMENTS,
    )
    charts.bars(frame, "department", "sales_amount", x_title=f"Net sales of the {len(frame)} largest", form="$,.0f")
    _freshness(edition, "mv_sales_by_week_and_department")


def _households(edition: Edition) -> None:
    st.header("Households by tier")
    frame = source.table(
        edition,
        """
        select calendar_month, tier, sales_amount from serving.mv_household_segments_by_month
        order by case tier when 'gold' then 1 when 'silver' then 2 else 3 end, calendar_month
        """,
    )
    charts.lines(frame, "calendar_month", "sales_amount", x_title="Month", y_title="Net sales", form="$,.0f", series="tier")
    _freshness(edition, "mv_household_segments_by_month")


def _campaigns(edition: Edition) -> None:
    st.header("Campaigns: from addressed to redeemed")
    frame = source.table(edition, "from serving.mv_campaign_funnel order by addressed_household_count desc, campaign_id")
    total = pd.DataFrame({"step": list(STEPS.values()), "households": [int(frame[column].sum()) for column in STEPS]})
    charts.bars(total, "step", "households", x_title="Households, all campaigns", form=",d")
    shown = frame[["campaign_id", "campaign_type", "start_date", "end_date", *STEPS, "redeeming_share", "sales_amount"]]
    names = {"campaign_id": "campaign", "campaign_type": "type", "start_date": "from", "end_date": "to"} | STEPS
    st.dataframe(
        shown.rename(columns=names | {"redeeming_share": "redeemed, share", "sales_amount": "sales"}),
        hide_index=True,
        column_config={
            "from": st.column_config.DateColumn(),
            "to": st.column_config.DateColumn(),
            "redeemed, share": st.column_config.NumberColumn(format="percent"),
            "sales": st.column_config.NumberColumn(format="dollar"),
        },
    )
    _freshness(edition, "mv_campaign_funnel")


def _freshness(edition: Edition, view: str) -> None:
    """One line below a chart: until when it holds, and whether it is behind its input by more than it may."""
    told = source.table(edition, "from serving.vw_freshness where materialized_view = ?", view)
    if told.empty:
        st.caption(f"From serving.{view}.")
        return
    row = told.iloc[0]
    behind = f"{row.hours_behind:,.0f} hours behind its input, of at most {row.max_staleness_hours:,.0f}"
    if row.is_stale:
        st.warning(f"serving.{view} is stale: {behind}.")
    else:
        st.caption(f"From serving.{view}, refreshed {row.refreshed_at:%Y-%m-%d %H:%M} UTC, {behind}.")
