"""No model joins every row with every row: DuckDB does so for an outer join whose condition has more than comparisons, such as an `or`.

Ten times the rows are then a hundred times the work. `and a.day < coalesce(b.valid_to, date '9999-12-31')` is a comparison;
`and (b.valid_to is null or a.day < b.valid_to)` says the same and is none.
"""

from collections.abc import Iterator

import duckdb
import pytest

from tests.support import Warehouse

EVERY_ROW_WITH_EVERY_ROW = "BLOCKWISE_NL_JOIN"
MAY = {"dim_times_of_day"}  # ten digits beside ten, on purpose


@pytest.fixture(scope="module")
def connection(subset: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(subset.built), read_only=True) as opened:
        opened.execute(f"attach '{subset.raw}' as raw (read_only); set timezone = 'UTC'")
        yield opened


def plan(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    return connection.execute(f"explain {sql}").fetchone()[1]


def test_no_model_joins_every_row_with_every_row(subset: Warehouse, connection: duckdb.DuckDBPyConnection) -> None:
    compiled = {
        result["unique_id"].split(".")[2]: result["compiled_code"]
        for result in subset.artifact("run_results")["results"]
        if result["unique_id"].startswith("model.") and result["compiled_code"]
    }
    assert len(compiled) > 100
    assert {name for name, sql in compiled.items() if EVERY_ROW_WITH_EVERY_ROW in plan(connection, sql)} == MAY


@pytest.mark.parametrize(
    ("until", "found"), [("(b.valid_to is null or a.day < b.valid_to)", True), ("a.day < coalesce(b.valid_to, date '9999-12-31')", False)]
)
def test_the_plan_tells_such_a_join(connection: duckdb.DuckDBPyConnection, until: str, found: bool) -> None:
    sides = "(select i as id, date '2017-01-01' + cast(i as integer) as {} from range(1000) as given (i))"
    joined = f"{sides.format('day')} as a left join {sides.format('valid_to')} as b on a.id = b.id and {until}"
    assert (EVERY_ROW_WITH_EVERY_ROW in plan(connection, f"select * from {joined}")) == found
