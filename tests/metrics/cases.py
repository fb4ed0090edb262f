"""Each metric as SQL by hand, on the families of families.sql: an expression over a family's rows, or a whole query a grain.

What MetricFlow gives for a metric must equal it exactly, in total, by a grain of time and by a dimension.
"""

from dataclasses import dataclass

FIELDS = {
    "day": "metric_time__day",
    "week": "metric_time__grocer_week",
    "month": "metric_time__month",
    "department": "product__department",
    "brand": "product__brand",
    "tier": "household_version__tier",
    "store": "store",
    "is_weekend": "calendar_day__is_weekend",
    "part_of_day": "time_of_day__part_of_day",
    "campaign": "campaign",
    "campaign_type": "campaign__campaign_type",
    "sold_in": "daily_sale__department",
}
"""A family's column, and the field that the metric is grouped by."""

DISCOUNTS = "retail_discount_amount + coupon_discount_amount + coupon_match_discount_amount"
REGULAR = "sum(sales_amount + retail_discount_amount + coupon_match_discount_amount)"


@dataclass(frozen=True)
class Case:
    """A metric: `expression` over the rows of `family` that `where` holds for, in total and by each of `by`.

    Where that is no group by, `queries` gives the query of each grain, its columns first; "" is the total.
    """

    metric: str
    family: str = ""
    expression: str = ""
    by: tuple[str, ...] = ()
    where: str = "true"
    queries: tuple[tuple[str, str], ...] = ()

    def sql(self) -> dict[str, str]:
        """By grain, the query whose rows are the key and the number."""
        if self.queries:
            return dict(self.queries)
        rows = f"from {self.family} where {self.where}"
        return {"": f"select {self.expression} {rows}"} | {by: f"select {by}, {self.expression} {rows} group by 1" for by in self.by}


def share(part: str, whole: str = "sum(sales_amount)") -> str:
    """A quotient as MetricFlow makes it: of doubles, null over nothing."""
    return f"cast({part} as double) / cast(nullif({whole}, 0) as double)"


def lines(metric: str, expression: str, *by: str, where: str = "true") -> Case:
    return Case(metric, "lines", expression, by or ("week", "department"), where)


def visits(metric: str, expression: str, *by: str) -> Case:
    return Case(metric, "visits", expression, by or ("month", "tier"))


def addresses(metric: str, expression: str, *by: str, where: str = "true") -> Case:
    return Case(metric, "addresses", expression, by or ("month", "campaign"), where)


def at_month_end(metric: str, expression: str) -> Case:
    """What does not add up over time: of the last month of the period alone."""
    last = "from household_months where month = (select max(month) from household_months)"
    return Case(
        metric,
        queries=(
            ("", f"select {expression} {last}"),
            ("month", f"select month, {expression} from household_months group by 1"),
            ("tier", f"select tier, {expression} {last} group by 1"),
        ),
    )


def looking_back(metric: str, amount: str, days_back: str) -> Case:
    """What adds up the days that `days_back` holds for, `past` seen from `days`; a longer period has the value of its last day with one."""

    def daily(by: str, past_by: str) -> str:
        return (
            f"select {by}days.day, days.month, sum({amount}) as value from days inner join lines as past on {days_back} "
            f"group by {by}days.day, days.month" + past_by
        )

    return Case(
        metric,
        queries=(
            ("day", f"select day, value from ({daily('', '')})"),
            ("month", f"select month, last(value order by day) from ({daily('', '')}) group by 1"),
            (
                "month, sold_in",
                f"select month, department, last(value order by day) from ({daily('past.department, ', '')}) group by month, department",
            ),
        ),
    )


def change(metric: str, back: int) -> Case:
    """Sales against those of so many days earlier, each day compared with its own; a day that only one of the two has is null."""
    changed = "cast(sum(now) - sum(before) as double) / nullif(cast(sum(before) as double), 0)"

    def sales(keys: str) -> str:
        now = f"select day, {keys} sum(sales_amount) as now, null as before from lines group by all"
        before = f"select days.day, {keys} null, sum(sales_amount) from lines inner join days on days.day = lines.day + {back} group by all"
        return f"({now} union all {before})"

    return Case(
        metric,
        queries=(
            ("day", f"select day, {changed} from {sales('')} group by 1"),
            ("week", f"select days.week, {changed} from {sales('')} as sales inner join days using (day) group by 1"),
            ("day, sold_in", f"select day, department, {changed} from {sales('department,')} group by 1, 2"),
        ),
    )


def converted(metric: str, first: str, then: str) -> Case:
    """Households with the second event within 28 days of the first, over households with the first; it counts for the latest first."""

    def query(by: str) -> str:
        key, using = (f"{by}, ", f"full join whole using ({by})") if by else ("", "cross join whole")
        return f"""
            with latest as (
                select later.household_id, max(base.day) as day
                from {then} as later
                inner join {first} as base on later.household_id = base.household_id and base.day between later.day - 27 and later.day
                group by later.household_id, later.day
            ),
            part as (
                select {key}count(distinct latest.household_id) as households
                from latest
                inner join (select distinct household_id, day, month, tier from {first}) as base using (household_id, day)
                group by all
            ),
            whole as (select {key}count(distinct household_id) as households from {first} group by all)
            select {key}{share("part.households", "whole.households")} from part {using}
        """

    return Case(metric, queries=tuple((by, query(by)) for by in ("", "month", "tier")))


CASES = [
    lines("net_sales", "sum(sales_amount)"),
    lines("regular_sales", REGULAR, "month", "brand"),
    lines("loyalty_discounts", "sum(retail_discount_amount)", "week", "tier"),
    lines("coupon_discounts", "sum(coupon_discount_amount)"),
    lines("coupon_match_discounts", "sum(coupon_match_discount_amount)", "month", "store"),
    lines("units_sold", "sum(quantity)", where="department not in ('FUEL', 'MISCELLANEOUS')"),
    lines("lines_sold", "count(*)", "day", "is_weekend"),
    lines("products_sold", "count(distinct product_id)"),
    lines("buying_baskets", "count(distinct basket_id)"),
    lines("buying_households", "count(distinct household_id)", "month", "department"),
    lines("total_discounts", f"sum({DISCOUNTS})"),
    lines("discount_rate", share("sum(retail_discount_amount + coupon_match_discount_amount)", REGULAR)),
    lines("sales_per_line", share("sum(sales_amount)", "count(*)")),
    lines("grocery_share", share("sum(sales_amount) filter (where department = 'GROCERY')"), "week", "tier"),
    lines("produce_share", share("sum(sales_amount) filter (where department = 'PRODUCE')"), "week", "store"),
    lines("private_label_share", share("sum(sales_amount) filter (where brand = 'Private')")),
    lines("promoted_sales", "sum(sales_amount)", where="is_on_display or is_in_mailer"),
    lines("display_sales", "sum(sales_amount)", where="is_on_display"),
    lines("mailer_sales", "sum(sales_amount)", "week", "store", where="is_in_mailer"),
    lines("promotion_share", share("sum(sales_amount) filter (where is_on_display or is_in_mailer)")),
    lines("display_share", share("sum(sales_amount) filter (where is_on_display)")),
    lines("mailer_share", share("sum(sales_amount) filter (where is_in_mailer)"), "month", "tier"),
    lines("unpromoted_sales", "sum(case when is_on_display or is_in_mailer then 0 else sales_amount end)"),
    visits("baskets", "count(*)", "week", "part_of_day"),
    visits("active_households", "count(distinct household_id)"),
    visits("active_stores", "count(distinct store)"),
    visits("couponed_baskets", "count(*) filter (where coupon_discount_amount > 0)", "week", "tier"),
    visits("basket_value", share("sum(sales_amount)", "count(*)")),
    visits("basket_size", share("sum(product_count)", "count(*)"), "month", "part_of_day"),
    visits("sales_per_active_household", share("sum(sales_amount)", "count(distinct household_id)")),
    visits("visits_per_active_household", share("count(*)", "count(distinct household_id)"), "month", "is_weekend"),
    visits("couponed_basket_share", share("count(*) filter (where coupon_discount_amount > 0)", "count(*)")),
    addresses("addressed_households", "count(distinct household_id)"),
    addresses("campaign_addresses", "count(*)", "month", "campaign_type"),
    addresses("campaign_visit_rate", share("count(*) filter (where came)", "count(*)")),
    addresses("campaign_purchase_rate", share("count(*) filter (where bought)", "count(*)")),
    addresses("redemption_rate", share("count(*) filter (where redeemed)", "count(*)"), "month", "tier"),
    addresses("campaign_sales", "sum(sales_during)", where="is_comparable"),
    addresses("campaign_sales_before", "sum(sales_before)", where="is_comparable"),
    addresses(
        "campaign_lift",
        "cast(sum(sales_during) as double) / nullif(cast(sum(sales_before) as double), 0) - 1",
        where="is_comparable",
    ),
    Case("redemptions", "redemptions", "count(*)", ("month", "campaign")),
    Case("redeeming_households", "redemptions", "count(distinct household_id)", ("month", "campaign_type")),
    Case("redemptions_per_redeeming_household", "redemptions", share("count(*)", "count(distinct household_id)"), ("month", "tier")),
    at_month_end("households_at_month_end", "count(*)"),
    at_month_end("gold_households_at_month_end", "count(*) filter (where tier = 'gold')"),
    at_month_end("gold_share", share("count(*) filter (where tier = 'gold')", "count(*)")),
    at_month_end("lapsed_share", share("count(*) filter (where days_away > 28)", "count(*)")),
    at_month_end("sales_to_date", "sum(sales_to_date)"),
    Case(
        "repeat_rate",
        "household_months",
        share("count(*) filter (where visit_count >= 2)", "count(*) filter (where visit_count >= 1)"),
        ("month", "tier"),
    ),
    looking_back("sales_month_to_date", "past.sales_amount", "past.month = days.month and past.day <= days.day"),
    looking_back("sales_year_to_date", "past.sales_amount", "year(past.day) = days.year and past.day <= days.day"),
    looking_back("sales_rolling_4_weeks", "past.sales_amount", "past.day between days.day - 27 and days.day"),
    looking_back(
        "discounts_year_to_date", "past." + DISCOUNTS.replace("+ ", "+ past."), "year(past.day) = days.year and past.day <= days.day"
    ),
    converted("addressed_to_bought_in_28_days", "addresses", "receipts"),
    converted("bought_to_redeemed_in_28_days", "receipts", "redemptions"),
    change("sales_change_to_last_week", 7),
    change("sales_change_to_4_weeks_ago", 28),
]
