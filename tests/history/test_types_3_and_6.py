"""The query over type 2 gives what dimensions of types 3 and 6 hold that are kept the usual way: updated in place, event by event."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.support import ROOT, Warehouse

# Of the first 100 households.
VERSIONS, NEVER_CHANGED = 364, 32
QUERY = Path("analyses/history/type_3_and_6.sql")
EVENTS = """
select household_id, occurred_date, home_store_id, tier
from normalized.nf3_household_events
order by household_id, occurred_at, event_id
"""


@dataclass(frozen=True)
class Version:
    """A row of type 6: the tier of its time, and what is known today."""

    household_id: int
    valid_from: date
    home_store_id: int
    tier: str
    current_tier: str
    previous_tier: str | None = None
    current_tier_since: date | None = None


def type_6(events: list[tuple[int, date, int | None, str | None]]) -> list[Version]:
    """A dimension of type 6, updated in place: an event adds a version and overwrites what all the household's versions say of today."""
    dimension: list[Version] = []
    for household, day, store, tier in events:
        mine = [version for version in dimension if version.household_id == household]
        if not mine:
            dimension.append(Version(household, day, store, tier, tier))
            continue
        last = mine[-1]
        if tier and tier != last.tier:
            dimension = [
                replace(version, current_tier=tier, previous_tier=last.tier, current_tier_since=day)
                if version.household_id == household
                else version
                for version in dimension
            ]
            last = replace(last, current_tier=tier, previous_tier=last.tier, current_tier_since=day)
        written = replace(last, valid_from=day, home_store_id=store or last.home_store_id, tier=tier or last.tier)
        if last.valid_from == day:
            dimension = [row for row in dimension if (row.household_id, row.valid_from) != (household, day)]
        dimension.append(written)
    return dimension


@pytest.fixture(scope="module")
def answer(subset: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    """The query's rows on the subset, compiled into a folder of its own."""
    target = tmp_path_factory.mktemp("target")
    subset.run("dbt", "compile", "--quiet", "--select", QUERY.stem, DBT_TARGET_PATH=str(target))
    sql = (target / "compiled" / "aisle" / QUERY).read_text()
    with duckdb.connect(str(subset.built), read_only=True) as connection:
        found = connection.execute(sql)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def kept(subset: Warehouse) -> list[Version]:
    with duckdb.connect(str(subset.built), read_only=True) as connection:
        return type_6(connection.execute(EVENTS).fetchall())


def test_type_6_is_a_query_over_type_2(subset: Warehouse, answer: list[dict[str, object]]) -> None:
    columns = ("household_id", "valid_from", "tier", "current_tier", "previous_tier", "current_tier_since")
    found = {tuple(row[name] for name in columns) for row in answer}
    expected = {tuple(getattr(version, name) for name in columns) for version in kept(subset)}
    assert (found - expected, expected - found) == (set(), set())
    assert len(answer) == len(found) == VERSIONS


def test_type_3_is_its_current_rows(subset: Warehouse, answer: list[dict[str, object]]) -> None:
    """Type 3 keeps one row a household with two columns for its tier: the last state of each household tells both."""
    expected = {version.household_id: (version.current_tier, version.previous_tier) for version in kept(subset)}
    current = [row for row in answer if row["is_current"]]
    assert {row["household_id"]: (row["current_tier"], row["previous_tier"]) for row in current} == expected
    assert len(current) == len(expected) == 100
    assert sum(row["previous_tier"] is None for row in current) == NEVER_CHANGED


def test_the_page_names_the_query() -> None:
    assert str(QUERY) in (ROOT / "docs" / "history.md").read_text()
