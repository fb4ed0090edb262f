"""The snapshots of a replayed year equal the history that the events tell, but for what lies between two loads."""

from datetime import date
from itertools import pairwise
from typing import Any

import duckdb
import pytest

from ingestion.grocer import clock
from serving.replay import month_ends
from tests.history.conftest import replay
from tests.support import Warehouse

PROFILES = "snapshots.snap_loyalty__household_profiles"
BY_COLUMNS = "snapshots.snap_loyalty__household_profiles_by_columns"
SNAPSHOT = ("dbt", "build", "--select", "+resource_type:snapshot", "--exclude-resource-type", "unit_test")
TESTED = (*SNAPSHOT, "--indirect-selection", "cautious")
Rows = set[tuple[Any, ...]]

# Of the first 100 households: versions in the year; and what quarterly loads make of them: versions that no load saw, versions that were
# seen and seem to last longer because a hidden one followed, versions that equal the one seen before.
VERSIONS, HIDDEN, STRETCHED, TAKEN_BACK = 364, 117, 51, 17


def rows(warehouse: Warehouse, sql: str) -> Rows:
    with duckdb.connect(str(warehouse.built), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        found = connection.execute(sql).fetchall()
    assert len(found) == len(set(found)), "a row twice"
    return set(found)


def versions(warehouse: Warehouse) -> Rows:
    """What the events tell: household, store, tier, first day, day of the end."""
    return rows(
        warehouse, "select household_id, home_store_id, tier, valid_from, valid_to from star.dim_households where household_key <> -1"
    )


def ranges(warehouse: Warehouse) -> Rows:
    """The same columns from the timestamp snapshot, its moments as local days."""
    local = "cast((({0} at time zone 'UTC') at time zone 'America/New_York') as date)"
    return rows(
        warehouse,
        f"select household_id, home_store_id, tier, {local.format('dbt_valid_from')}, {local.format('dbt_valid_to')} from {PROFILES}",
    )


def as_seen(events: Rows, loads: list[date]) -> dict[tuple[Any, ...], date]:
    """Each version that was the current one at a load, with the first such load."""
    return {
        version: min(seen)
        for version in events
        if (seen := [day for day in loads if version[3] <= day and (version[4] is None or day < version[4])])
    }


def with_ends(seen: Rows) -> Rows:
    """The same rows, each ending where the household's next one begins."""
    found = set()
    for row in seen:
        later = [other[3] for other in seen if other[0] == row[0] and other[3] > row[3]]
        found.add((*row[:4], min(later, default=None)))
    return found


def test_monthly_snapshots_equal_the_events_history_both_ways(subset: Warehouse, monthly: Warehouse) -> None:
    """At a month's end a profile holds at most one evaluation, the first of the month's, so no version hides between two loads."""
    told, seen = versions(subset), ranges(monthly)
    assert (told - seen, seen - told) == (set(), set())
    assert set(as_seen(told, month_ends(clock.LAST_DAY, 1))) == told
    assert len(seen) == VERSIONS


def test_quarterly_snapshots_miss_exactly_what_changed_twice_between_two_loads(subset: Warehouse, quarterly: Warehouse) -> None:
    told, seen = versions(subset), ranges(quarterly)
    visible = set(as_seen(told, month_ends(clock.LAST_DAY, 3)))
    assert seen == with_ends(visible)
    hidden = told - visible
    stretched = {version for version in told - seen if version in visible}
    assert (len(seen), len(hidden), len(stretched)) == (VERSIONS - HIDDEN, HIDDEN, STRETCHED)
    assert {row[:4] for row in seen} <= {row[:4] for row in told}, "a snapshot invents no version"


def test_the_twin_without_updated_at_dates_a_change_by_the_load_that_saw_it(subset: Warehouse, monthly: Warehouse) -> None:
    first_seen = as_seen(versions(subset), month_ends(clock.LAST_DAY, 1))
    expected = with_ends({(*version[:3], clock.cutoff(day)) for version, day in first_seen.items()})
    found = rows(monthly, f"select household_id, home_store_id, tier, dbt_valid_from, dbt_valid_to from {BY_COLUMNS}")
    assert (expected - found, found - expected) == (set(), set())


def test_the_twin_sees_no_change_that_was_taken_back_between_two_loads(subset: Warehouse, quarterly: Warehouse) -> None:
    """There and back again: updated_at has moved, the columns have not."""
    first_seen = as_seen(versions(subset), month_ends(clock.LAST_DAY, 3))
    ordered = sorted(first_seen, key=lambda version: (version[0], version[3]))
    unmoved = [after for before, after in pairwise(ordered) if before[:3] == after[:3]]
    expected = with_ends({(*version[:3], clock.cutoff(first_seen[version])) for version in ordered if version not in unmoved})
    assert rows(quarterly, f"select household_id, home_store_id, tier, dbt_valid_from, dbt_valid_to from {BY_COLUMNS}") == expected
    assert len(unmoved) == TAKEN_BACK


def test_a_month_done_twice_leaves_what_one_time_leaves(monthly: Warehouse) -> None:
    before = [rows(monthly, f"from {table}") for table in (PROFILES, BY_COLUMNS)]
    marker = monthly.folder / "replayed_until"
    assert marker.read_text() == "2017-12-31"
    marker.write_text("2017-11-30")
    replay(Warehouse(monthly.folder.parents[1]), 1)
    assert marker.read_text() == "2017-12-31"
    assert [rows(monthly, f"from {table}") for table in (PROFILES, BY_COLUMNS)] == before


def change_raw(warehouse: Warehouse, day: str, *statements: str) -> None:
    """What a load until `day` might have brought; only a test edits raw."""
    with duckdb.connect(str(warehouse.raw)) as connection:
        connection.execute("update raw_meta.clock set as_of = ?, as_of_date = ?", [clock_at(day), day])
        for statement in statements:
            connection.execute(statement)


def clock_at(day: str) -> str:
    return f"{day} 05:00:00"


def test_the_deleted_the_returned_and_the_silently_corrected(copied: Warehouse) -> None:
    """One household vanishes and comes back with an event; another's age is corrected, which moves no updated_at."""
    profiles = "raw_loyalty.households"
    gone, corrected = (
        household for (household,) in sorted(rows(copied, f"select distinct household_id from {PROFILES} where age_band is not null"))[:2]
    )
    before = {table: rows(copied, f"from {table}") for table in (PROFILES, BY_COLUMNS)}
    change_raw(
        copied,
        "2018-02-01",
        f"create table kept as from {profiles} where household_id = {gone}",
        f"delete from {profiles} where household_id = {gone}",
        f"update {profiles} set age = 'other' where household_id = {corrected}",
    )
    copied.run(*TESTED)
    history = f"select dbt_is_deleted, dbt_valid_from::varchar, dbt_valid_to::varchar from {{}} where household_id = {gone}"
    for table in (PROFILES, BY_COLUMNS):
        latest = rows(copied, history.format(table) + " and dbt_valid_to is null")
        assert latest == {("True", "2018-02-01 05:00:00", None)}
        ended = rows(copied, history.format(table) + " and dbt_valid_to = '2018-02-01 05:00:00'")
        assert [row[0] for row in ended] == ["False"]
    ages = "select age_band from {} where household_id = " + str(corrected) + " and dbt_valid_to is null"
    assert rows(copied, ages.format(BY_COLUMNS)) == {("other",)}
    assert rows(copied, ages.format(PROFILES)) != {("other",)}

    after = {table: rows(copied, f"from {table}") for table in before}
    copied.run(*TESTED)
    assert {table: rows(copied, f"from {table}") for table in before} == after, "the same load again"

    change_raw(
        copied,
        "2018-03-01",
        f"insert into {profiles} by name select * replace (timestamp '2018-02-10 12:00:00' as updated_at) from kept",
    )
    copied.run(*TESTED)
    for table, since in ((PROFILES, "2018-02-10 12:00:00"), (BY_COLUMNS, "2018-03-01 05:00:00")):
        assert rows(copied, history.format(table) + " and dbt_valid_to is null") == {("False", since, None)}
        assert ("True", "2018-02-01 05:00:00", since) in rows(copied, history.format(table))


def test_a_household_that_returns_with_its_old_updated_at_is_told_by_the_tests(copied: Warehouse) -> None:
    """dbt writes its row from the old moment, before the deletion: history that contradicts itself never passes a build."""
    profiles = "raw_loyalty.households"
    gone = min(household for (household,) in rows(copied, f"select distinct household_id from {PROFILES}"))
    change_raw(
        copied,
        "2018-02-01",
        f"create table kept as from {profiles} where household_id = {gone}",
        f"delete from {profiles} where household_id = {gone}",
    )
    copied.run(*SNAPSHOT, "--exclude-resource-type", "test")
    change_raw(copied, "2018-03-01", f"insert into {profiles} from kept")
    done = copied.run(*TESTED, check=False)
    assert done.returncode == 1
    assert "FAIL 1 unique_snap_loyalty__household_profiles_dbt_scd_id" in done.stdout
    assert "ranges_touch_snap_loyalty__household_profiles_household_id" in done.stdout.split("Completed with")[1]
    assert "by_columns" not in done.stdout.split("Completed with")[1]


def test_no_step_ends_before_the_day(tmp_path: Any) -> None:
    done = Warehouse(tmp_path).run("python", "-m", "serving", "replay", "--until", "2017-02-27", "--months", "3", check=False)
    assert (done.returncode, done.stderr) == (2, "error: No step of 3 months ends by 2017-02-27: choose --until 2017-03-31 or later.\n")


def test_the_help_has_an_example(tmp_path: Any) -> None:
    assert "python -m serving replay --households 100" in Warehouse(tmp_path).run("python", "-m", "serving", "replay", "--help").stdout


@pytest.mark.parametrize(("until", "months", "days"), [("2017-03-30", 1, ["01-31", "02-28"]), ("2017-12-31", 6, ["06-30", "12-31"])])
def test_month_ends(until: str, months: int, days: list[str]) -> None:
    assert month_ends(date.fromisoformat(until), months) == [date.fromisoformat(f"2017-{day}") for day in days]
