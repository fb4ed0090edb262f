"""The star from third normal form: all of it, one more day of it, and its large tables beside hand-written SQL for the same rows."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.measure import Figure, command, in_turn

LAST_DAY, DAY_BEFORE = "2017-12-31", "2017-12-30"
MODELS = "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test", "--threads", "1", "--log-format-file", "json"
AMOUNTS = "sales_amount", "retail_discount_amount", "coupon_discount_amount", "coupon_match_discount_amount"
SUMS = ", ".join(f"cast(sum({amount}) as decimal(18, 2)) as {amount}" for amount in AMOUNTS)
LOCAL = "cast((sold_at at time zone 'UTC') at time zone 'America/New_York' as timestamp)"
DATE_KEY = "cast(year(valid_from) * 10000 + month(valid_from) * 100 + day(valid_from) as integer) as date_key"
# A quotient of doubles rounded twice, so that half a cent does not go up by chance (macros/cross_db/divide.sql).
PRICE = "cast(cast(cast({0} as double) / quantity as decimal(18, 8)) as decimal(12, 2))"
NUMBER = "(ascii({0}) - case when {0} <= '9' then 48 else 55 end)"

# Written for DuckDB alone and for speed: its own joins and functions, each step as early as it is cheapest.
BY_HAND = {
    "fct_sales_lines": f"""
        with receipts as (
            select
                r.basket_id, r.household_id, r.store_id, r.sold_at, {LOCAL} as sold_local_at, r.sold_date, d.date_key, d.grocer_week,
                coalesce(v.household_key, -1) as household_key
            from normalized.nf3_receipts as r
            left join star.dim_dates as d on r.sold_date = d.date_day
            asof left join star.dim_households as v on r.household_id = v.household_id and r.sold_date >= v.valid_from
        )
        select
            first_till_sequence as sales_line_key, date_key, product_id as product_key, store_id as store_key, household_key, basket_id,
            product_id, household_id, store_id, till_sequence, sold_at, sold_local_at, sold_date, grocer_week, quantity,
            {", ".join(AMOUNTS)}
        from normalized.nf3_receipt_lines
        inner join receipts using (basket_id)
    """,
    "fct_store_visits": f"""
        with totals as (
            select
                basket_id, cast(count(*) as integer) as line_count, cast(count_if(quantity > 0) as integer) as product_count,
                cast(sum(quantity) as bigint) as unit_count, {SUMS}, max(till_sequence) as till_sequence
            from normalized.nf3_receipt_lines
            group by basket_id
        ),
        versions as (
            select household_id, household_key, household_profile_key, valid_from
            from star.dim_households
            left join star.dim_household_profiles
                using (age_band, income_band, home_ownership, marital_status, household_size, household_composition, kids_count)
        )
        select
            t.*, d.date_key, r.store_id as store_key, r.household_id, r.store_id, r.sold_at, {LOCAL} as sold_local_at, r.sold_date,
            d.grocer_week, cast(hour(sold_local_at) * 100 + minute(sold_local_at) as integer) as time_key,
            coalesce(v.household_key, -1) as household_key, coalesce(v.household_profile_key, -1) as household_profile_key
        from normalized.nf3_receipts as r
        inner join totals as t using (basket_id)
        left join star.dim_dates as d on r.sold_date = d.date_day
        asof left join versions as v on r.household_id = v.household_id and r.sold_date >= v.valid_from
    """,
    "fct_daily_sales": f"""
        select
            date_key, store_key, household_key, department, cast(count(*) as integer) as line_count,
            cast(sum(quantity) as bigint) as unit_count, {SUMS}, max(till_sequence) as till_sequence, any_value(sold_date) as sold_date,
            if(household_key = -1, -1, any_value(household_id)) as household_id
        from star.fct_sales_lines
        left join star.dim_products using (product_key)
        group by date_key, store_key, household_key, department
    """,
    "fct_promotions": f"""
        select
            cast(product_id as integer) as product_key, cast(store_id as integer) as store_key, w.date_key,
            cast(week as integer) as grocer_week,
            cast({NUMBER.format("display_location")} * 100 + {NUMBER.format("mailer_location")} as integer) as placement_key,
            f.load_number
        from raw.raw_promotions.promotions
        left join normalized.nf3_promotion_files as f on week = f.grocer_week
        left join (select grocer_week, min(date_key) as date_key from star.dim_dates group by grocer_week) as w on week = w.grocer_week
    """,
    "fct_product_prices": f"""
        with lines as (
            select
                product_id as product_key, store_id as store_key, sold_date, first_till_sequence, till_sequence,
                {PRICE.format("(sales_amount + retail_discount_amount + coupon_match_discount_amount)")} as regular,
                {PRICE.format("(sales_amount + coupon_match_discount_amount)")} as loyalty
            from normalized.nf3_receipt_lines
            inner join normalized.nf3_receipts using (basket_id)
            where quantity > 0 and product_id in (
                select product_key from star.dim_products where department <> 'FUEL' and product_category <> 'COUPON/MISC ITEMS'
            )
        ),
        prices as (
            select product_key, store_key, sold_date, regular, loyalty, count(*) as lines, max(first_till_sequence) as last_line,
                max(till_sequence) as last_sequence
            from lines
            where regular > 0
            group by all
        ),
        days as (
            select
                product_key, store_key, sold_date, max_by({{'regular': regular, 'loyalty': loyalty}}, row(lines, last_line)) as price,
                max_by(last_sequence, row(lines, last_line)) as till_sequence
            from prices
            group by all
        ),
        changes as (
            select *, lag(price) over one as before
            from days
            window one as (partition by product_key, store_key order by sold_date)
            qualify before is null or before <> price
        )
        select
            product_key, store_key, sold_date as valid_from,
            lead(sold_date) over (partition by product_key, store_key order by sold_date) as valid_to,
            price.regular as regular_unit_price_amount, price.loyalty as loyalty_unit_price_amount, till_sequence, {DATE_KEY},
            valid_to is null as is_current, price.loyalty < price.regular as is_reduced
        from changes
    """,
}


def figures(warehouse: Path, runs: int) -> Iterator[Figure]:
    """Seconds of statements, as dbt times them, one model at a time; then pairs in turn, each made of the same third normal form."""
    load = (sys.executable, "-m", "ingestion", "load", "--until")
    command(*load, DAY_BEFORE, warehouse=warehouse)
    command("dbt", "build", *MODELS, warehouse=warehouse)
    command(*load, LAST_DAY, warehouse=warehouse)
    command("dbt", "build", *MODELS, warehouse=warehouse)
    increment = seconds_by_layer(warehouse)
    command("dbt", "build", "--full-refresh", "--select", "star", *MODELS, warehouse=warehouse)
    full = seconds_by_layer(warehouse)["star"]
    yield Figure("star from nf3, all of the data", None, full, limit="≤ 12 s")
    yield Figure("star, one more day", None, increment["star"], "all of it", full, "≤ 0.05")
    yield Figure("nf3 beside it, which is made anew", None, increment["nf3"], "all of the star", full)
    yield from beside_hand_written(warehouse, runs)


def seconds_by_layer(warehouse: Path) -> dict[str, float]:
    """Layer → seconds that the database took for the statements of its models in the last dbt command, which had one thread."""
    events = [json.loads(line) for line in (warehouse / "logs" / "dbt.log").read_text().splitlines() if line.startswith("{")]
    layers = {f"model.aisle.{node['name']}": _layer(node) for node, _ in _results(warehouse)}
    found: dict[str, float] = {}
    layer = None
    for event in events:
        if event["info"]["invocation_id"] != events[-1]["info"]["invocation_id"]:
            continue
        if event["info"]["name"] == "SQLQuery":
            layer = layers.get(event["data"]["conn_name"])
        elif event["info"]["name"] == "SQLQueryStatus" and layer:
            found[layer] = found.get(layer, 0) + event["data"]["elapsed"]
    return found


def _layer(node: dict[str, Any]) -> str:
    return node["fqn"][2] if node["fqn"][1] == "normalized" else node["fqn"][1]


def beside_hand_written(warehouse: Path, runs: int) -> Iterator[Figure]:
    """Each model's compiled statement in turn with the hand-written one, as tables; both must hold the same rows."""
    compiled = {node["name"]: result["compiled_code"] for node, result in _results(warehouse)}
    with duckdb.connect(str(warehouse / "aisle.duckdb"), config={"memory_limit": "3GB", "preserve_insertion_order": False}) as connection:
        connection.execute(f"set timezone = 'UTC'; attach '{warehouse / 'raw.duckdb'}' as raw (read_only); create schema bench")
        for model, sql in BY_HAND.items():
            pair = {"model": compiled[model], "hand": sql}
            jobs = [
                lambda name=name, text=text: connection.execute(f"create or replace table bench.{name} as {text}").fetchall()
                for name, text in pair.items()
            ]
            seconds = in_turn(jobs, runs)
            model_rows, hand_rows = (bag(connection, model, name) for name in pair)
            if model_rows != hand_rows:
                raise AssertionError(f"{model}: the hand-written SQL gives other rows")
            yield Figure(model, model_rows[0], seconds[0], "hand-written", seconds[1], "≤ 1.2")


def bag(connection: duckdb.DuckDBPyConnection, model: str, name: str) -> tuple[int, int]:
    """Number of rows and the sum of their hashes, whatever the order of rows and columns."""
    columns = ", ".join(sorted(column for (column, *_) in connection.execute(f"describe star.{model}").fetchall()))
    return connection.execute(f"select count(*), sum(hash({columns})) from bench.{name}").fetchone()


def _results(warehouse: Path) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Node and result of each model of the last dbt command."""
    nodes = json.loads((warehouse / "target" / "manifest.json").read_text())["nodes"]
    for result in json.loads((warehouse / "target" / "run_results.json").read_text())["results"]:
        node = nodes.get(result["unique_id"])
        if node and node["resource_type"] == "model":
            yield node, result
