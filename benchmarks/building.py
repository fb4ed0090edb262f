"""What dbt adds to its own SQL: a whole build against the same compiled statements, run in one DuckDB process."""

import json
import shutil
import time
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.measure import Figure, command

BUILD = ("dbt", "build", "--exclude-resource-type", "unit_test")
OTHER_THREADS = (1, 4)  # the profile has 2
NO_SQL = {"seed", "snapshot"}  # dbt writes them by statements of its own


def figures(warehouse: Path) -> Iterator[Figure]:
    """Build the loaded warehouse with dbt, then again by hand; one seed beforehand shows what dbt takes to start and to parse."""
    imports = command("python", "-c", "import dbt.cli.main", warehouse=warehouse)
    first = command("dbt", "build", "--select", "us_holidays", warehouse=warehouse)
    start = command("dbt", "build", "--select", "us_holidays", warehouse=warehouse)
    build = command(*BUILD, warehouse=warehouse)
    nodes = len(json.loads((warehouse / "target" / "run_results.json").read_text())["results"])
    raw = compiled_sql(warehouse)
    yield Figure("dbt build, all of the data", None, build.seconds, "its compiled SQL in one process", raw, "≤ 2")
    yield Figure("of which dbt's start-up", None, start.seconds)
    yield Figure("of which imports", None, imports.seconds)
    yield Figure("dbt's start-up with a full parse", None, first.seconds)
    yield Figure(f"dbt's own time, 100 of the {nodes} nodes", None, 100 * (build.seconds - start.seconds - raw) / nodes)
    yield Figure(f"dbt's largest process: {build.peak_mib:,.0f} MiB", None, build.seconds)
    for threads in OTHER_THREADS:
        shutil.rmtree(warehouse / "by_hand", ignore_errors=True)
        (warehouse / "aisle.duckdb").unlink()
        other = command(*BUILD, "--threads", str(threads), warehouse=warehouse)
        yield Figure(f"dbt build with {threads} thread{'s' if threads > 1 else ''}", None, other.seconds, "with 2", build.seconds)


def compiled_sql(warehouse: Path) -> float:
    """Seconds for every compiled model and data test of the last build, in dependency order, into a file of their own."""
    manifest = json.loads((warehouse / "target" / "manifest.json").read_text())
    results = json.loads((warehouse / "target" / "run_results.json").read_text())["results"]
    compiled = {result["unique_id"]: result["compiled_code"] for result in results if result.get("compiled_code")}
    nodes: dict[str, dict[str, Any]] = manifest["nodes"]
    order = TopologicalSorter({key: nodes[key]["depends_on"]["nodes"] for key in nodes if key in compiled}).static_order()
    by_hand = warehouse / "by_hand"
    by_hand.mkdir(exist_ok=True)
    with duckdb.connect(str(by_hand / "aisle.duckdb"), config={"memory_limit": "3GB", "preserve_insertion_order": False}) as connection:
        connection.execute(f"set timezone = 'UTC'; attach '{warehouse / 'raw.duckdb'}' as raw (read_only)")
        connection.execute(f"attach '{warehouse / 'aisle.duckdb'}' as built (read_only)")
        for schema in {node["schema"] for node in nodes.values()}:
            connection.execute(f"create schema if not exists {schema}")
        for key, node in nodes.items():
            if node["resource_type"] in NO_SQL:
                compiled.pop(key, None)
                connection.execute(f"create or replace table {node['schema']}.{node['name']} as from built.{node['schema']}.{node['name']}")
        begun = time.perf_counter()
        for key in (key for key in order if key in compiled):
            connection.execute(_statement(nodes[key], compiled[key])).fetchall()
        return time.perf_counter() - begun


def _statement(node: dict[str, Any], sql: str) -> str:
    if node["resource_type"] == "test":
        return f"select count(*) from ({sql}) as failures"
    kind = "view" if node["config"]["materialized"] == "view" else "table"
    return f"create or replace {kind} {node['schema']}.{node['name']} as {sql}"
