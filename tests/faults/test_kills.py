"""`kill -9` anywhere in a load, then one more run: raw holds what the source holds, once, and no reader saw a table half made.

The places are drawn from a seed. AISLE_KILLS is how many each case gets (`make test-faults`: 14), AISLE_SEED draws others.
"""

import os
from pathlib import Path

import pytest

from tests.faults.places import Kill
from tests.faults.shop import DISPOSITIONS, Shop
from tests.faults.trials import Driver, Trials

SEED = int(os.environ.get("AISLE_SEED", "20171112"))
KILLS = int(os.environ.get("AISLE_KILLS", "1"))
ON_POSTGRESQL = DISPOSITIONS[:-1] if KILLS > 1 else ("upsert",)  # one of them in the usual run
CASES = [*((way, "sqlite") for way in DISPOSITIONS[:-1]), *((way, "postgresql") for way in ON_POSTGRESQL), ("files", "folder")]

# Committed, and dlt does not know of it yet; normalized, and dlt has not removed what it was made of (dlt#4446).
NARROW: list[Kill] = [
    {"place": "JournaledCopyJob.run", "when": "after", "call": 1},
    {"place": "LoadStorage.commit_new_load_package", "when": "after", "call": 1},
]


@pytest.mark.parametrize(("disposition", "where"), CASES)
def test_kills(disposition: str, where: str, driver: Driver, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    places = {"sqlite": f"sqlite:///{tmp_path / 'shop.sqlite'}", "folder": str(tmp_path / "drops")}
    shop = Shop(disposition, places.get(where) or request.getfixturevalue("postgres"))
    trials = Trials(driver, shop, tmp_path)
    assert trials.looks > 10, "the reader hardly looked"
    assert trials.before != trials.after
    assert trials.unkilled_wrong == ()
    assert disposition != "files" or trials.calls["JournaledCopyJob.run"] > 5, "dlt made one file of them"
    if disposition != "scd2":
        assert (trials.before, trials.after) == trials.sources
    drawn = trials.run(f"{SEED} {disposition} {where}", KILLS)
    told = f"before {trials.before}; after {trials.after}; AISLE_SEED={SEED} AISLE_KILLS={KILLS}"
    assert [trial for trial in drawn if trials.spoilt(trial) or trials.half_seen(trial)] == [], told


def test_the_narrowest_places(driver: Driver, tmp_path: Path) -> None:
    trials = Trials(driver, Shop("append", f"sqlite:///{tmp_path / 'shop.sqlite'}"), tmp_path)
    assert [trial for kill in NARROW if trials.spoilt(trial := trials.trial("narrow", kill))] == []
