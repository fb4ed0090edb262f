"""The project on 1 and 10 times the lines, or 100: builds, increments, a metric and a refreshed view, and what a line costs in them.

The further households are the real ones repeated under other numbers, with receipts under others, at the same moments: volume, and never
to be presented as shopping. Catalogue, campaigns, coupons, stores and the 20.9 million promotions are there once.
"""

import json
import os
import shutil
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.measure import Figure, command
from ingestion.errors import UserError
from serving.metrics import compiled
from serving.queries import Query
from serving.semantics import Semantics

ALLOWED = "≤ 1.3"
# No copy's number meets another one's: the real households end at 2,500. What is numbered in the order of arrival has its copies beside
# it, as on a day with so many more customers.
HOUSEHOLD = "household_id + copy * 10_000 as household_id"
COPIED = {
    "raw_pos.transactions": ("sequence", "basket_id"),
    "raw_loyalty.household_events": ("event_id",),
    "raw_loyalty.households": (),
    "raw_loyalty.campaign_memberships": (),
    "raw_loyalty.redemptions": (),
}
LAST_DAY = "timestamp '2017-12-31 05:00:00'"
LATE = {"raw_pos.transactions": "recorded_at", "raw_loyalty.household_events": "occurred_at"}
MODELS = "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test", "--threads", "1"
# What is made of the promotions alone costs the same at every scale.
PROMOTIONS = {
    "nf3_promotion_files", "fct_promotions", "dim_placements", "nhl_promotion_placements", "qav_promotion_placements",
    "vstg_promoted_products", "vstg_promoted_stores", "vstg_promoted_weeks", "vstg_promotion_placements",
}  # fmt: skip
METRICS = {
    "net sales by week": Query(("net_sales",), ("week",)),
    "net sales by department": Query(("net_sales",), ("department",)),
    "active households by month": Query(("active_households",), ("month",)),
    "sales to date by month": Query(("sales_to_date",), ("month",)),
}
AMOUNTS = "sales_amount", "retail_discount_amount", "coupon_discount_amount", "coupon_match_discount_amount"
RUNS = 5


@dataclass(frozen=True)
class Size:
    """So many times the lines, dbt's selection, DuckDB's memory, in how many statements a nested model is made, GiB of disk."""

    times: int
    selected: tuple[str, ...]
    memory: str
    batches: int
    disk: int


# Ten times is built whole, within what the profile allows. A hundred times would fill a small disk: the vault is built without the rest.
GROUPS = {
    "scale": Size(10, (), "3GB", 10, 12),
    "scale-100": Size(100, ("--exclude", "vault"), "16GB", 50, 40),
    "scale-100-vault": Size(100, ("--select", "staging", "vault", "resource_type:seed"), "14GB", 25, 50),
}


@dataclass(frozen=True)
class Cost:
    """Lines, and seconds of each kind of work on them; what promotions alone cost; the largest process in MiB; the file in MiB."""

    lines: int
    seconds: dict[str, float]
    promotions: float
    peak_mib: float
    file_mib: float


def figures(warehouse: Path, group: str) -> Iterator[Figure]:
    """Of a loaded warehouse: seconds at 1 and so many times, beside as many times those of 1; the ratio is what a line costs more.

    UserError when the disk is too small.
    """
    size = GROUPS[group]
    if (free := shutil.disk_usage(warehouse).free // 2**30) < size.disk:
        raise UserError(
            f"{size.times} times the lines need {size.disk} GiB on the disk, and {free} are free: point AISLE_WAREHOUSE at a larger one."
        )
    os.environ["AISLE_MEMORY"] = size.memory
    first = measured(warehouse, 1, 1, size.selected)
    yield from told(first, "1 times", None)
    yield from told(measured(warehouse, size.times, size.batches, size.selected), f"{size.times} times", first)


def told(cost: Cost, title: str, first: Cost | None) -> Iterator[Figure]:
    """The figures of one size, beside those of the first."""
    size = f"dbt's largest process {cost.peak_mib:,.0f} MiB, its file {cost.file_mib:,.0f} MiB"
    yield Figure(f"{title}: {size}", cost.lines, sum(cost.seconds.values()))
    if cost.promotions:
        yield Figure(f"{title}: models of the promotions alone, which are there once", None, cost.promotions)
    for kind, seconds in cost.seconds.items():
        if first is None:
            yield Figure(f"{title}: {kind}", cost.lines, seconds)
        else:
            times = cost.lines / first.lines
            yield Figure(f"{title}: {kind}", cost.lines, seconds, f"{times:.0f} times its seconds", first.seconds[kind] * times, ALLOWED)


def measured(warehouse: Path, times: int, batches: int, selected: tuple[str, ...]) -> Cost:
    """Build all but the last day of the repeated rows, then the day, then ask; in a folder of its own, which is removed."""
    folder = warehouse / f"scale-{times}"
    folder.mkdir()
    try:
        raw = shutil.copy(warehouse / "raw.duckdb", folder)
        multiply(raw, times)
        lines = withhold(raw)
        build = "dbt", "build", *MODELS, *selected, "--vars", f"{{batches: {batches}}}"
        run = command(*build, warehouse=folder)
        seconds = {f"build, {name}": spent for name, spent in by_layer(folder).items()}
        promotions = seconds.pop("build, promotions", 0.0)
        give_back(raw)
        command(*build, warehouse=folder)
        day = {f"one more day, {name}": spent for name, spent in by_layer(folder).items() if name != "promotions"}
        metrics = asked(folder) if "build, star" in seconds else {}
        return Cost(lines, seconds | day | metrics, promotions, run.peak_mib, (folder / "aisle.duckdb").stat().st_size / 2**20)
    finally:
        shutil.rmtree(folder)


def multiply(raw: Path | str, scale: int) -> None:
    """Repeat households, what they bought and what is known of them; the sources' totals with them, so that the project's tests hold."""
    with duckdb.connect(str(raw), config={"memory_limit": "4GB", "preserve_insertion_order": False}) as connection:
        for table, numbers in COPIED.items():
            for number in numbers:
                connection.execute(f"update {table} set {number} = {number} * {scale}")
            changes = ", ".join([HOUSEHOLD, *(f"{number} + copy as {number}" for number in numbers)])
            copies = f"{table} cross join (select unnest(range(1, {scale})) as copy)"
            connection.execute(f"insert into {table} by name select * exclude (copy) replace ({changes}) from {copies}")
            resource = table.removeprefix("raw_")
            sums = ", ".join(f"{name} = {name} * {scale}" for name in ("row_count", *AMOUNTS))
            connection.execute(f"update raw_meta.source_totals set {sums} where resource = ?", [resource])


def withhold(raw: Path | str) -> int:
    """Take the last local day's rows aside; gives how many lines there are with them."""
    with duckdb.connect(str(raw)) as connection:
        lines = connection.execute("select count(*) from raw_pos.transactions").fetchone()[0]
        for table, moment in LATE.items():
            late = f"{moment} >= {LAST_DAY}"
            connection.execute(f"create table {table}_of_the_day as from {table} where {late}; delete from {table} where {late}")
        return lines


def give_back(raw: Path | str) -> None:
    """Put the last day's rows where they belong."""
    with duckdb.connect(str(raw)) as connection:
        for table in LATE:
            connection.execute(f"insert into {table} from {table}_of_the_day")


def by_layer(folder: Path) -> dict[str, float]:
    """Seconds of dbt's models by layer in its last run; those of the materialized views, of points in time and of promotions apart."""
    nodes = json.loads((folder / "target" / "manifest.json").read_text())["nodes"]
    found: dict[str, float] = {}
    for result in json.loads((folder / "target" / "run_results.json").read_text())["results"]:
        node = nodes.get(result["unique_id"], {"resource_type": ""})
        if node["resource_type"] == "model" and node["config"]["materialized"] != "view":
            found[layer(node)] = found.get(layer(node), 0.0) + result["execution_time"]
    return found


def layer(node: dict) -> str:
    if node["name"] in PROMOTIONS:
        return "promotions"
    if node["name"].startswith(("pit_", "brg_")):
        return "points in time"
    return "materialized views" if node["config"]["materialized"] == "materialized_view" else node["fqn"][1]


def asked(folder: Path) -> dict[str, float]:
    """Median seconds of some metrics' SQL."""
    semantics = Semantics((folder / "target" / "semantic_manifest.json").read_text())
    found = {}
    with duckdb.connect(str(folder / "aisle.duckdb"), read_only=True) as connection:
        for title, query in METRICS.items():
            statement, times = compiled(semantics, query), []
            for _ in range(RUNS):
                begun = time.perf_counter()
                connection.execute(statement.sql, statement.parameters).fetchall()
                times.append(time.perf_counter() - begun)
            found[f"metric: {title}"] = statistics.median(times)
    return found
