"""What DuckDB would do for each model, read from its plans: no join of every row with every row, and no copy of a table that grows.

It joins every row with every row for an outer join whose condition has more than comparisons, such as an `or`. Ten times the rows are then
a hundred times the work. `and a.day < coalesce(b.valid_to, date '9999-12-31')` is a comparison;
`and (b.valid_to is null or a.day < b.valid_to)` says the same and is none.

It copies what a CTE gives that several others read, before any of them filters; of an import that is the whole table. `not_materialized()`
after the `as` says that each may read for itself.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from tests.support import Warehouse

EVERY_ROW_WITH_EVERY_ROW = "BLOCKWISE_NL_JOIN"
MAY = {"dim_times_of_day"}  # ten digits beside ten, on purpose
GROWS = re.compile("receipt|sales|visits|prices|promotion|transactions")


@pytest.fixture(scope="module")
def connection(subset: Warehouse, next_build: dict[str, str]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A reader of the subset, opened when dbt is done with it: a file has a writer or readers."""
    assert next_build
    with duckdb.connect(str(subset.built), read_only=True) as opened:
        opened.execute(f"attach '{subset.raw}' as raw (read_only); set timezone = 'UTC'")
        yield opened


@pytest.fixture(scope="module")
def first_build(subset: Warehouse) -> dict[str, str]:
    """The SQL of each model that was run, by name."""
    return compiled(subset.artifact("run_results"))


@pytest.fixture(scope="module")
def next_build(subset: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The SQL of the incremental models' next run, by name."""
    target = tmp_path_factory.mktemp("plans")
    subset.run("dbt", "compile", "--quiet", "--select", "config.materialized:incremental", DBT_TARGET_PATH=str(target))
    return compiled(json.loads((target / "run_results.json").read_text()))


def compiled(run_results: dict[str, Any]) -> dict[str, str]:
    return {
        result["unique_id"].split(".")[2]: result["compiled_code"]
        for result in run_results["results"]
        if result["unique_id"].startswith("model.") and result["compiled_code"]
    }


def plan(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    return connection.execute(f"explain {sql}").fetchone()[1]


def copied(connection: duckdb.DuckDBPyConnection, sql: str) -> set[str]:
    """The tables that the statement copies whole for the readers of a CTE."""
    found, steps = set(), json.loads(connection.execute(f"explain (format json) {sql}").fetchone()[1])
    while steps:
        step = steps.pop()
        steps += step["children"]
        if step["name"] == "CTE":
            source = step["children"][0]
            while source["name"] == "PROJECTION":
                source = source["children"][0]
            if source["name"] == "SEQ_SCAN" and "Filters" not in source["extra_info"]:
                found.add(source["extra_info"]["Table"].rpartition(".")[2])
    return found


def test_no_model_joins_every_row_with_every_row(first_build: dict[str, str], connection: duckdb.DuckDBPyConnection) -> None:
    assert len(first_build) > 100
    assert {name for name, sql in first_build.items() if EVERY_ROW_WITH_EVERY_ROW in plan(connection, sql)} == MAY


@pytest.mark.parametrize(
    ("until", "found"), [("(b.valid_to is null or a.day < b.valid_to)", True), ("a.day < coalesce(b.valid_to, date '9999-12-31')", False)]
)
def test_the_plan_tells_such_a_join(connection: duckdb.DuckDBPyConnection, until: str, found: bool) -> None:
    sides = "(select i as id, date '2017-01-01' + cast(i as integer) as {} from range(1000) as given (i))"
    joined = f"{sides.format('day')} as a left join {sides.format('valid_to')} as b on a.id = b.id and {until}"
    assert (EVERY_ROW_WITH_EVERY_ROW in plan(connection, f"select * from {joined}")) == found


@pytest.mark.parametrize("build", ["first_build", "next_build"])
def test_no_model_copies_a_table_that_grows(build: str, connection: duckdb.DuckDBPyConnection, request: pytest.FixtureRequest) -> None:
    models = request.getfixturevalue(build)
    assert "fct_sales_lines" in models
    copies = {name: sorted(filter(GROWS.search, copied(connection, sql))) for name, sql in models.items()}
    assert {name: tables for name, tables in copies.items() if tables} == {}, "write `as {{ not_materialized() }} (` at these imports"


@pytest.mark.parametrize(("word", "found"), [("", {"nf3_receipt_lines"}), ("not materialized", set())])
def test_the_plan_tells_such_a_copy(connection: duckdb.DuckDBPyConnection, word: str, found: set[str]) -> None:
    lines = f"with lines as {word} (select * from aisle.normalized.nf3_receipt_lines)"
    read = "select * from lines where basket_id in (select basket_id from lines where till_sequence > 5)"
    assert copied(connection, f"{lines} {read}") == found
