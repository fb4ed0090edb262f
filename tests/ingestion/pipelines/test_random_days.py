"""Whatever happens at the till between loads, in whatever order it is told: in the end raw holds what one load of it all holds.

AISLE_SEED draws other histories, AISLE_EXAMPLES more of them.
"""

import os
import random
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from ingestion import pipelines
from ingestion.grocer import clock, systems, till_databases
from ingestion.grocer.till_databases import VARIABLE
from ingestion.sources.pos import LAG
from tests.ingestion.conftest import new_database
from tests.ingestion.pipelines.conftest import ANY_TILL, LAST_DAY, NUMBERS, Till
from tests.ingestion.pipelines.test_increments import DLT, ROWS
from tests.support import differences

pytestmark = pytest.mark.long("random histories at the till")

TILLS = ANY_TILL
HOUSEHOLDS = 20
SEED = int(os.environ.get("AISLE_SEED", "20171112"))
EXAMPLES = int(os.environ.get("AISLE_EXAMPLES", "1"))
LOADS = 4
LINE = (
    "household_id, store_id, basket_id, product_id, quantity, {amount}, retail_disc, coupon_disc, coupon_match_disc, week, "
    "transaction_timestamp"
)
PRODUCT = "manufacturer_id, department, brand, product_category, product_type, package_size"
LISTED = "sequence, household_id, store_id, basket_id, product_id, quantity, sales_value, retail_disc, coupon_disc, coupon_match_disc"


class Day:
    """A day at the till: what may happen to its log and its catalogue. No sequence of the year to come is used up."""

    def __init__(self, till: Till, chance: random.Random, until: date, taken: set[int]) -> None:
        self._till, self._chance, self._taken = till, chance, taken
        self._moment = clock.cutoff(until) - timedelta(minutes=chance.randint(1, 600))

    def correction(self) -> None:
        """A line is told again with another amount, or with none at all, as a new row."""
        self._line(self._free(range(1, LAG // 2)), self._chance.choice(["sales_value + 1", "0"]))

    def late_line(self) -> None:
        """A line whose sequence was given out before others that have been loaded is committed only now."""
        self._line(self._free(range(-LAG // 2, 0)), "sales_value")

    def changed_product(self) -> None:
        self._till.change(f"update products set brand = 'Other', updated_at = '{self._moment}' where product_id = {self._product()}")

    def deleted_product(self) -> None:
        self._till.change(f"delete from products where product_id = {self._product()}")

    def new_product(self) -> None:
        values = f"{next(NUMBERS)}, {PRODUCT}, {self._spelled()}"
        self._till.change(f"insert into products select {values} from products where product_id = {self._product()}")

    def _line(self, sequence: int, amount: str) -> None:
        self._taken.add(sequence)
        ((like,),) = self._till.rows("select max(sequence) from transactions")
        self._till.change(
            f"insert into transactions ({LISTED}, week, transaction_timestamp, recorded_at) "
            f"select {sequence}, {LINE.format(amount=amount)}, {self._spelled()} from transactions where sequence = {like}"
        )

    def _spelled(self) -> str:
        return f"cast('{self._moment}' as timestamp)" if self._till.is_postgresql else f"'{self._moment}'"

    def _free(self, offsets: range) -> int:
        ((newest,),) = self._till.rows("select max(sequence) from transactions")
        return self._chance.choice([newest + offset for offset in offsets if newest + offset not in self._taken])

    def _product(self) -> int:
        found = self._till.rows("select product_id from products order by product_id limit 500")
        return self._chance.choice([product for (product,) in found])


EVENTS: tuple[Callable[[Day], None], ...] = (
    Day.correction,
    Day.late_line,
    Day.changed_product,
    Day.deleted_product,
    Day.new_product,
)


@pytest.mark.parametrize("example", range(EXAMPLES))
def test_loads_in_steps_equal_one_load(example: int, server: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(f"{SEED} {example}")  # noqa: S311 (no secret)
    taken = sequences_of_the_year(tmp_path / "whole", server, monkeypatch)
    steps = tmp_path / "steps"
    at(steps, server, monkeypatch)
    days = sorted(chance.sample([clock.FIRST_DAY + timedelta(days=number) for number in range(20, 360)], LOADS - 1))
    history = []
    for day in [*days, LAST_DAY]:
        systems.up(day, HOUSEHOLDS)
        till = Till(till_databases.configured().url)
        for event in chance.choices(EVENTS, k=3):
            event(Day(till, chance, day, taken))
            history.append(f"{day} {event.__name__}")
        pipelines.load(day, HOUSEHOLDS)
    once = tmp_path / "once"
    shutil.copytree(steps / "grocer", once / "grocer")
    monkeypatch.setenv("AISLE_WAREHOUSE", str(once))
    pipelines.load(LAST_DAY, HOUSEHOLDS)
    systems.down()
    found = {table: differences(once / "raw.duckdb", steps / "raw.duckdb", table, DLT)[1:] for table in ROWS}
    assert {table: counts for table, counts in found.items() if counts != (0, 0)} == {}, f"AISLE_SEED={SEED}: {'; '.join(history)}"


def at(folder: Path, server: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have commands work on a new warehouse, its till where the test's is to be."""
    monkeypatch.setenv("AISLE_WAREHOUSE", str(folder))
    if server:
        monkeypatch.setenv(VARIABLE, new_database(server, f"random_{next(NUMBERS)}"))


def sequences_of_the_year(folder: Path, server: str | None, monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Those that the till itself will give out."""
    at(folder, server, monkeypatch)
    systems.up(LAST_DAY, HOUSEHOLDS)
    systems.down()
    return {sequence for (sequence,) in Till(till_databases.configured().url).rows("select sequence from transactions")}
