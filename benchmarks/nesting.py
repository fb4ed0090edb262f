"""When nesting pays: obt_receipts beside the same columns of obt_sales_lines, as files and in three questions, on both engines."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.measure import Figure, in_turn

NESTED, FLAT = "wide.obt_receipts", "wide.obt_sales_lines"
LINE = (
    "sales_line_key, product_id, department, product_category, product_type, brand, is_on_promotion, till_sequence, quantity, "
    "sales_amount, retail_discount_amount, coupon_discount_amount, coupon_match_discount_amount"
)
HEAD = "basket_id, household_id, household_key, store_id, sold_at, sold_local_at, sold_date, sold_hour, grocer_week, tier, is_home_store"
COPIES = {NESTED: f"from {NESTED}", FLAT: f"select {HEAD}, {LINE} from {FLAT}"}
QUESTIONS = {
    "the average receipt by hour": (
        f"select sold_hour, count(*), avg(sales_amount) from {NESTED} group by sold_hour",
        f"""
        select sold_hour, count(*), avg(sales_amount)
        from (select basket_id, sold_hour, sum(sales_amount) as sales_amount from {FLAT} group by basket_id, sold_hour)
        group by sold_hour
        """,
    ),
    "sales by department": (
        f"""
        select line.department, sum(line.sales_amount)
        from (select unnest(lines) as line from {NESTED}) group by line.department
        """,
        f"select department, sum(sales_amount) from {FLAT} group by department",
    ),
    "departments bought together": (
        f"""
        with departments as (
            select basket_id, unnest(list_distinct(list_transform(lines, line -> line.department))) as department from {NESTED}
        )
        select a.department, b.department, count(*)
        from departments as a inner join departments as b on a.basket_id = b.basket_id and a.department < b.department
        group by all
        """,
        f"""
        with departments as (select distinct basket_id, department from {FLAT})
        select a.department, b.department, count(*)
        from departments as a inner join departments as b on a.basket_id = b.basket_id and a.department < b.department
        group by all
        """,
    ),
}

# Athena unnests an array of rows into a column a field, so it is given the fields that the question asks for.
UNNESTED_ON_ATHENA = {
    "sales by department": f"""
        select line_department, sum(line_sales_amount)
        from {NESTED}
        cross join unnest(
            transform(lines, line -> cast(row(line.department, line.sales_amount) as row(department varchar, sales_amount decimal(12, 2))))
        ) as line (line_department, line_sales_amount)
        group by line_department
    """,
    "departments bought together": f"""
        with departments as (
            select basket_id, department
            from {NESTED}
            cross join unnest(array_distinct(transform(lines, line -> line.department))) as line (department)
        )
        select a.department, b.department, count(*)
        from departments as a inner join departments as b on a.basket_id = b.basket_id and a.department < b.department
        group by a.department, b.department
    """,
}


def figures(warehouse: Path, runs: int) -> Iterator[Figure]:
    """Each pair in turn on the built warehouse; the two answers to a question must be the same."""
    with duckdb.connect(str(warehouse / "aisle.duckdb"), read_only=True) as connection:
        rows = connection.execute(f"select count(*) from {NESTED}").fetchone()[0]
        files = {table: warehouse / f"{table}.parquet" for table in COPIES}
        writes = [
            lambda table=table: connection.execute(f"copy ({COPIES[table]}) to '{files[table]}' (format parquet, compression zstd)")
            for table in COPIES
        ]
        seconds = in_turn(writes, runs)
        nested, flat = (files[table].stat().st_size / 2**20 for table in COPIES)
        yield Figure(f"written as Parquet: nested {nested:.1f} MiB", rows, seconds[0], f"flat {flat:.1f} MiB", seconds[1])
        for question, (of_nested, of_flat) in QUESTIONS.items():
            answers = [sorted(connection.execute(sql).fetchall(), key=str) for sql in (of_nested, of_flat)]
            if answers[0] != answers[1]:
                raise AssertionError(f"{question}: the two tables give two answers")
            seconds = in_turn([lambda sql=sql: connection.execute(sql).fetchall() for sql in (of_nested, of_flat)], runs)
            yield Figure(question, rows, seconds[0], "flat", seconds[1])


def on_athena(ask: Callable[[str], list[tuple[Any, ...]]], schema: str, data: str, runs: int) -> Iterator[Figure]:
    """The same pairs through `ask`, of a build in `schema`; `data` is where a copy with the flat table's same columns may lie."""

    def asked(sql: str) -> list[tuple[Any, ...]]:
        return ask(sql.replace("wide.", f"{schema}_wide.").replace("group by all", "group by a.department, b.department"))

    copy = "wide.bench_flat"
    asked(
        f"create table {copy} with (table_type = 'ICEBERG', is_external = false, location = '{data}bench_flat/') as "
        f"select {HEAD}, {LINE} from {FLAT}"
    )
    try:
        sizes = [
            ask(f'select sum(file_size_in_bytes) from "{schema}_wide"."{table.removeprefix("wide.")}$files"')[0][0]
            for table in (NESTED, copy)
        ]
        [(rows,)] = asked(f"select count(*) from {NESTED}")
        for question, (of_nested, of_flat) in QUESTIONS.items():
            pair = UNNESTED_ON_ATHENA.get(question, of_nested), of_flat.replace(FLAT, copy)
            answers = [sorted(asked(sql), key=str) for sql in pair]
            if answers[0] != answers[1]:
                raise AssertionError(f"{question}: the two tables give two answers")
            seconds = in_turn([lambda sql=sql: asked(sql) for sql in pair], runs)
            mib = f"nested {sizes[0] / 2**20:.1f} MiB, flat {sizes[1] / 2**20:.1f} MiB"
            yield Figure(f"{question} on Athena, nested ({mib})", rows, seconds[0], "flat", seconds[1])
    finally:
        asked(f"drop table {copy}")
