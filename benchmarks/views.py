"""View or materialized view: the same dashboards both ways, and what a day more costs, at the year's size and at ten times that."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb

from benchmarks.measure import Figure, command, in_turn

READS = 20
SCALES = {1: "≤ 0.15", 10: "≤ 0.05"}
LAST_DAY = "2017-12-31"
BLOCK_KIB = 256
# What the two incremental ones read, with rows multiplied: receipts, households and sequences are new ones, in the order of the till.
INPUTS = {
    "mv_sales_by_week_and_department": (
        "star.fct_sales_lines",
        """
        select * exclude (part) replace (
            till_sequence * {scale} + part as till_sequence, basket_id * {scale} + part as basket_id,
            cast(household_id * {scale} + part as integer) as household_id
        )
        """,
    ),
    "mv_promotion_share_by_week": (
        "wide.obt_sales_lines",
        """
        select
            till_sequence * {scale} + part as till_sequence, sold_at, sold_date, grocer_week, grocer_week_first_date, sales_amount,
            is_on_promotion, is_on_display, is_in_mailer, promotion_count
        """,
    ),
}


def figures(warehouse: Path, runs: int) -> Iterator[Figure]:
    """Of the built warehouse: each dashboard read both ways, then the refreshes on copies of it."""
    yield from reads(warehouse, runs)
    for scale, limit in SCALES.items():
        yield from refreshes(warehouse, scale, limit, runs)


def reads(warehouse: Path, runs: int) -> Iterator[Figure]:
    """The materialized view beside its own query; the two answers must be the same."""
    compiled = warehouse / "target" / "compiled" / "aisle" / "models" / "serving"
    with duckdb.connect(str(warehouse / "aisle.duckdb"), read_only=True) as connection:
        for file in sorted(compiled.glob("mv_*.sql")):
            if file.stem == "mv_ledger":
                continue
            kept, computed = f"from serving.{file.stem}", file.read_text(encoding="utf-8")
            columns = ", ".join(name for (name, *_) in connection.execute(f"describe {kept}").fetchall())
            queries = [f"select {columns} {kept}", f"select {columns} from ({computed}\n)"]
            answers = [sorted(connection.execute(query).fetchall(), key=str) for query in queries]
            if answers[0] != answers[1]:
                raise AssertionError(f"{file.stem}: it does not hold what its query gives")
            seconds = in_turn([lambda query=query: _read(connection, query) for query in queries], runs)
            blocks = connection.execute(
                f"select count(distinct block_id) from pragma_storage_info('serving.{file.stem}') where persistent"
            ).fetchone()[0]
            what = f"{file.stem} ({blocks * BLOCK_KIB:,} KiB), read {READS} times"
            yield Figure(what, len(answers[0]), seconds[0], "as a view", seconds[1], "≤ 0.025")


def refreshes(warehouse: Path, scale: int, limit: str, runs: int) -> Iterator[Figure]:
    """Seconds by the ledger's own clock, of one more day as an increment and of all of it computed anew; the medians of some runs."""
    folder = warehouse / f"scale-{scale}"
    folder.mkdir()
    try:
        for name in ("aisle.duckdb", "raw.duckdb"):
            shutil.copy(warehouse / name, folder)
        with duckdb.connect(str(folder / "aisle.duckdb")) as connection:
            rows = {name: _multiply(connection, table, select, scale) for name, (table, select) in INPUTS.items()}
        seen: dict[str, dict[str, list[float]]] = {name: {"recompute": [], "increment": []} for name in INPUTS}
        _run(folder)
        for _ in range(runs):
            for kind, change in (
                ("recompute", "delete from {table} where sold_date = '{day}'"),
                ("increment", "insert into {table} from {table}_of_the_day"),
            ):
                with duckdb.connect(str(folder / "aisle.duckdb")) as connection:
                    for table, _ in INPUTS.values():
                        connection.execute(change.format(table=table, day=LAST_DAY))
                for name, (was, seconds) in _run(folder).items():
                    if was != kind:
                        raise AssertionError(f"{name}: {was} in place of {kind}")
                    seen[name][kind].append(seconds)
        for name, times in seen.items():
            increment, recompute = (sorted(times[kind])[runs // 2] for kind in ("increment", "recompute"))
            yield Figure(f"{name}: one more day, {scale} times the rows", rows[name], increment, "computed anew", recompute, limit)
    finally:
        shutil.rmtree(folder)


def _read(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    for _ in range(READS):
        connection.execute(query).to_arrow_table()


def _multiply(connection: duckdb.DuckDBPyConnection, table: str, select: str, scale: int) -> int:
    """Replace a table by `scale` times its rows, with those of the last day beside it; gives its number of rows."""
    copies = f"from {table} cross join (select unnest(range({scale})) as part)"
    connection.execute(f"create or replace table {table} as {select.format(scale=scale)} {copies} order by till_sequence")
    connection.execute(f"create table {table}_of_the_day as from {table} where sold_date = '{LAST_DAY}'")
    return connection.execute(f"select count(*) from {table}").fetchone()[0]


def _run(folder: Path) -> dict[str, tuple[str, float]]:
    """Refresh both; kind and seconds of each by the ledger."""
    command("dbt", "run", "--threads", "1", "--select", *INPUTS, warehouse=folder)
    with duckdb.connect(str(folder / "aisle.duckdb"), read_only=True) as connection:
        found = connection.execute(
            "select materialized_view, max_by(kind, refreshed_at), max_by(seconds, refreshed_at) from serving.mv_ledger group by all"
        ).fetchall()
    return {name: (kind, float(seconds)) for name, kind, seconds in found if name in INPUTS}
