"""Repeated households are more of the same: as many times the lines and the money, and every test of the project holds on them."""

import shutil
from pathlib import Path

import duckdb
import pytest

from benchmarks import __main__ as command
from benchmarks import scale
from tests.support import Warehouse

TIMES = 3


@pytest.fixture(scope="module")
def repeated(subset: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("repeated"))
    shutil.copy(subset.raw, warehouse.raw)
    scale.multiply(warehouse.raw, TIMES)
    return warehouse


def counted(raw: Path) -> tuple[object, ...]:
    with duckdb.connect(str(raw), read_only=True) as connection:
        return connection.execute(
            """
            select
                count(*), count(distinct sequence), count(distinct basket_id), count(distinct household_id), sum(sales_value),
                (select count(distinct household_id) from raw_loyalty.households),
                (select count(distinct event_id) from raw_loyalty.household_events)
            from raw_pos.transactions
            """
        ).fetchone()


def test_each_size_is_a_group_of_the_command() -> None:
    assert tuple(scale.GROUPS) == command.SCALE


def test_there_is_as_many_times_of_everything(subset: Warehouse, repeated: Warehouse) -> None:
    assert counted(repeated.raw) == tuple(TIMES * value for value in counted(subset.raw))


def test_the_last_day_is_taken_aside_and_given_back(repeated: Warehouse, tmp_path: Path) -> None:
    raw = Path(shutil.copy(repeated.raw, tmp_path))
    lines = scale.withhold(raw)
    assert 0 < counted(raw)[0] < lines
    scale.give_back(raw)
    assert counted(raw) == counted(repeated.raw)


@pytest.mark.long("every test on repeated rows")
def test_every_test_holds_on_them(repeated: Warehouse) -> None:
    repeated.run("dbt", "build", "--exclude-resource-type", "unit_test", "--exclude", "vault", "--vars", f"{{batches: {TIMES}}}")
