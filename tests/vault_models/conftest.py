"""The subset's vault loaded in steps of the grocer's clock."""

import os
import shutil
from calendar import monthrange
from pathlib import Path

import duckdb
import pytest

from tests.conftest import HOUSEHOLDS
from tests.support import Warehouse, tables

STEPS = int(os.environ.get("AISLE_VAULT_STEPS", "2"))  # the nightly run loads month by month: 12
VAULT = ("--select", "staging", "vault", "resource_type:seed", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")


def month_ends(steps: int) -> list[str]:
    """The last days of months at which the grocer's clock stands in turn; the last one is the year's."""
    return [f"2017-{month:02}-{monthrange(2017, month)[1]}" for month in range(12 // steps, 13, 12 // steps)]


def vault_tables(warehouse: Warehouse) -> list[str]:
    """The tables of raw and business vault; stages are made anew by every run."""
    return [table for table in tables(warehouse.built) if table.startswith("vault.") and not table.startswith("vault.vstg_")]


def row_counts(warehouse: Warehouse) -> dict[str, int]:
    with duckdb.connect(str(warehouse.built), read_only=True) as connection:
        return {table: connection.execute(f"select count(*) from {table}").fetchone()[0] for table in vault_tables(warehouse)}


def copy_of(warehouse: Warehouse, folder: Path) -> Warehouse:
    """Raw and built of a warehouse, to change."""
    for path in (warehouse.raw, warehouse.built):
        shutil.copy(path, folder / path.name)
    return Warehouse(folder)


@pytest.fixture(scope="session")
def in_steps(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The vault after loads through the year. Tests that load again leave it equal."""
    warehouse = Warehouse(tmp_path_factory.mktemp("vault_steps"))
    for until in month_ends(STEPS):
        warehouse.load(until=until, households=HOUSEHOLDS)
        warehouse.run("dbt", "build", *VAULT)
    return warehouse
