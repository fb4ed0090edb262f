"""Loading and building in steps gives the tables that one go gives, wherever the steps begin: raw is incremental, the facts too.

The days between the steps are drawn at random from a seed: AISLE_SEED draws others, AISLE_STEPS more of them.
"""

import os
import random
from datetime import date, timedelta

import duckdb
import pytest

from tests.conftest import HOUSEHOLDS, NO_TESTS
from tests.increments.support import NO_UNIT_TESTS, NO_VAULT, SNAPSHOTS, VAULT, facts_that_differ
from tests.support import Warehouse, tables

SEED = int(os.environ.get("AISLE_SEED", "20171112"))
STEPS = int(os.environ.get("AISLE_STEPS", "2"))
LAST_DAY = date(2017, 12, 31)


def steps() -> list[date]:
    """The days at which the grocer's clock stands in turn; the last one is the year's."""
    days = random.Random(SEED).sample(range(1, 364), STEPS - 1)  # noqa: S311 (no secret)
    return [*(LAST_DAY - timedelta(days=day) for day in sorted(days, reverse=True)), LAST_DAY]


@pytest.fixture(scope="module")
def in_steps(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The subset's warehouse, loaded and built again at each step."""
    warehouse = Warehouse(tmp_path_factory.mktemp("steps"))
    for until in steps():
        warehouse.load(until=str(until), households=HOUSEHOLDS)
        warehouse.run("dbt", "build", *NO_TESTS, *NO_VAULT)
    return warehouse


def snapshots(warehouse: Warehouse) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every snapshot."""
    with duckdb.connect(str(warehouse.built), read_only=True) as connection:
        found = [table for table in tables(warehouse.built) if table.startswith(SNAPSHOTS)]
        return {table: connection.execute(f"from {table} order by all").fetchall() for table in found}


def test_increments_equal_one_full_build(subset: Warehouse, in_steps: Warehouse) -> None:
    told = f"rows, only in one go, only in steps; AISLE_SEED={SEED} AISLE_STEPS={STEPS}: {', '.join(map(str, steps()))}"
    assert [table for table in tables(subset.built) if not table.startswith(VAULT)] == tables(in_steps.built)
    assert facts_that_differ(subset, in_steps) == {}, told


def test_building_again_changes_no_row_and_every_data_test_holds(subset: Warehouse, in_steps: Warehouse) -> None:
    seen = snapshots(in_steps)
    in_steps.run("dbt", "build", *NO_UNIT_TESTS)
    assert snapshots(in_steps) == seen
    assert facts_that_differ(subset, in_steps) == {}
