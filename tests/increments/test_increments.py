"""Loading and building in steps gives the tables that one go gives: raw is incremental, the sales fact too."""

import duckdb
import pytest

from tests.support import Warehouse, differences, tables

# When and by which load a row arrived is the one thing that steps may change.
LOAD_COLUMNS = frozenset({"_dlt_load_id", "_dlt_id", "load_id", "loaded_at"})
# They hold what each load saw, which is what steps are for; tests/history compares them with the events.
SNAPSHOTS = "snapshots."


@pytest.fixture(scope="module")
def in_steps(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The subset's warehouse, loaded and built until the middle of the year first, then until its end."""
    warehouse = Warehouse(tmp_path_factory.mktemp("steps"))
    for until in ("2017-06-30", "2017-12-31"):
        warehouse.load(until=until, households=100)
        warehouse.run("dbt", "build", "--exclude-resource-type", "unit_test")
    return warehouse


def snapshots(warehouse: Warehouse) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every snapshot."""
    with duckdb.connect(str(warehouse.built), read_only=True) as connection:
        found = [table for table in tables(warehouse.built) if table.startswith(SNAPSHOTS)]
        return {table: connection.execute(f"from {table} order by all").fetchall() for table in found}


def test_two_increments_equal_one_full_build(subset: Warehouse, in_steps: Warehouse) -> None:
    assert tables(subset.built) == tables(in_steps.built)
    compared = [table for table in tables(subset.built) if not table.startswith(SNAPSHOTS)]
    found = {table: differences(subset.built, in_steps.built, table, LOAD_COLUMNS) for table in compared}
    assert {table: counts for table, counts in found.items() if counts[1:] != (0, 0)} == {}, "rows, only in one go, only in steps"
    assert found["star.fct_sales_lines"][0] == 60_405


def test_building_again_changes_no_row(subset: Warehouse, in_steps: Warehouse) -> None:
    seen = snapshots(in_steps)
    in_steps.run("dbt", "build", "--exclude-resource-type", "unit_test")
    assert snapshots(in_steps) == seen
    assert {
        table: counts
        for table in tables(subset.built)
        if not table.startswith(SNAPSHOTS) and (counts := differences(subset.built, in_steps.built, table, LOAD_COLUMNS))[1:] != (0, 0)
    } == {}
