"""Loading and building in steps gives the tables that one go gives: raw is incremental, the sales fact too."""

import pytest

from tests.support import Warehouse, differences, tables

# When and by which load a row arrived is the one thing that steps may change.
LOAD_COLUMNS = frozenset({"_dlt_load_id", "_dlt_id", "load_id", "loaded_at"})


@pytest.fixture(scope="module")
def in_steps(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The subset's warehouse, loaded and built until the middle of the year first, then until its end."""
    warehouse = Warehouse(tmp_path_factory.mktemp("steps"))
    for until in ("2017-06-30", "2017-12-31"):
        warehouse.load(until=until, households=100)
        warehouse.run("dbt", "build", "--exclude-resource-type", "unit_test")
    return warehouse


def test_two_increments_equal_one_full_build(subset: Warehouse, in_steps: Warehouse) -> None:
    assert tables(subset.built) == tables(in_steps.built)
    found = {table: differences(subset.built, in_steps.built, table, LOAD_COLUMNS) for table in tables(subset.built)}
    assert {table: counts for table, counts in found.items() if counts[1:] != (0, 0)} == {}, "rows, only in one go, only in steps"
    assert found["star.fct_sales_lines"][0] == 60_405


def test_building_again_changes_no_row(subset: Warehouse, in_steps: Warehouse) -> None:
    in_steps.run("dbt", "build", "--exclude-resource-type", "unit_test")
    assert {
        table: counts
        for table in tables(subset.built)
        if (counts := differences(subset.built, in_steps.built, table, LOAD_COLUMNS))[1:] != (0, 0)
    } == {}
