"""Lines and events that arrive weeks late: taken away where they come from, and given back after a build."""

import shutil
import sqlite3
from dataclasses import dataclass

import duckdb
import pytest

from tests.conftest import HOUSEHOLDS, NO_TESTS
from tests.increments.support import NO_UNIT_TESTS, NO_VAULT, facts_that_differ, rows_changed, rows_written
from tests.support import Warehouse

pytestmark = pytest.mark.long("late rows")

CLOCK = "2017-07-09"
# Receipts of three weeks before the clock, whose household has another version by then.
RECEIPTS = f"""
select visits.basket_id, visits.household_key
from star.fct_store_visits as visits
inner join star.dim_households as versions using (household_key)
where visits.sold_date between date '2017-06-12' and date '2017-06-18' and versions.valid_to <= date '{CLOCK}'
order by visits.basket_id
limit 3
"""
# A change of tier in spring, of a household that went on buying before its next one.
EVENT = f"""
select any_value(events.event_id), min(lines.household_key), count(*)
from normalized.nf3_household_events as events
inner join star.dim_households as versions
    on events.household_id = versions.household_id and events.occurred_date = versions.valid_from and versions.version_number > 1
inner join star.fct_sales_lines as lines using (household_key)
where events.event_type = 'tier_changed' and events.occurred_date < date '2017-06-01' and lines.sold_date <= date '{CLOCK}'
group by events.event_id
having count(distinct lines.basket_id) > 3
order by events.event_id
limit 1
"""
# What late lines and a late event change; responses and promotions are as they were.
CHANGED = "fct_sales_lines", "fct_store_visits", "fct_household_months", "fct_daily_sales", "fct_product_prices"
RAW_EVENTS = "raw_loyalty.household_events"


@dataclass(frozen=True)
class Late:
    """Warehouses without the late rows, with them by an increment, and with them by a full refresh; and what was late."""

    before: Warehouse
    after: Warehouse
    refreshed: Warehouse
    receipts: dict[int, int]
    event_version: int
    event_lines: int


def copied(warehouse: Warehouse, to: Warehouse) -> Warehouse:
    """Raw and models of a warehouse, in another folder."""
    to.folder.mkdir(exist_ok=True)
    for path in (warehouse.raw, warehouse.built):
        shutil.copy(path, to.folder / path.name)
    return to


@pytest.fixture(scope="module")
def late(subset: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Late:
    folder = tmp_path_factory.mktemp("late")
    warehouse, before, refreshed = (Warehouse(folder / name) for name in ("after", "before", "refreshed"))
    with duckdb.connect(str(subset.built), read_only=True) as connection:
        receipts = dict(connection.execute(RECEIPTS).fetchall())
        event, version, lines = connection.execute(EVENT).fetchone()
    warehouse.load(until=CLOCK, households=HOUSEHOLDS)
    baskets = ", ".join(map(str, receipts))
    with duckdb.connect(str(warehouse.raw)) as raw, sqlite3.connect(warehouse.folder / "grocer" / "till.sqlite") as till:
        till.execute(f"create table withheld as select * from transactions where basket_id in ({baskets}) order by sequence")
        till.execute(f"delete from transactions where basket_id in ({baskets})")
        raw.execute(f"delete from raw_pos.transactions where basket_id in ({baskets})")
        raw.execute(f"create table withheld as from {RAW_EVENTS} where event_id = {event}")
        raw.execute(f"delete from {RAW_EVENTS} where event_id = {event}")
    warehouse.run("dbt", "build", *NO_TESTS, *NO_VAULT)
    copied(warehouse, before)
    with sqlite3.connect(warehouse.folder / "grocer" / "till.sqlite") as till:
        till.execute("update withheld set sequence = rowid + (select max(sequence) from transactions)")
        till.execute("insert into transactions select * from withheld")
    with duckdb.connect(str(warehouse.raw)) as raw:
        raw.execute(f"insert into {RAW_EVENTS} from withheld; drop table withheld")
    warehouse.load(until=CLOCK, households=HOUSEHOLDS)
    warehouse.run("dbt", "build", *NO_UNIT_TESTS)
    copied(warehouse, refreshed).run("dbt", "build", "--full-refresh", "--select", "star", "wide", "serving", *NO_TESTS)
    return Late(before, warehouse, refreshed, receipts, version, lines)


def test_what_came_late_is_where_a_full_refresh_puts_it(late: Late) -> None:
    assert facts_that_differ(late.refreshed, late.after) == {}


def test_a_late_line_gets_the_version_that_held_at_its_sale(late: Late) -> None:
    sql = "select basket_id, any_value(household_key) from star.fct_sales_lines group by basket_id having count(distinct household_key) = 1"
    with duckdb.connect(str(late.after.built), read_only=True) as connection:
        found = dict(connection.execute(sql).fetchall())
        current = connection.execute("select household_key from star.dim_households where is_current").fetchall()
    assert {basket: found[basket] for basket in late.receipts} == late.receipts
    assert not {(key,) for key in late.receipts.values()} & set(current)
    with duckdb.connect(str(late.before.built), read_only=True) as connection:
        assert not set(late.receipts) & set(dict(connection.execute(sql).fetchall()))


def test_a_late_event_moves_the_facts_of_its_interval_and_no_others(late: Late) -> None:
    sql = f"""
    select
        count(*) filter (old.household_key is distinct from new.household_key and new.household_key = {late.event_version}),
        count(*) filter (old.household_key is distinct from new.household_key and new.household_key <> {late.event_version})
    from star.fct_sales_lines as new inner join before.star.fct_sales_lines as old using (sales_line_key)
    """
    with duckdb.connect(str(late.after.built), read_only=True) as connection:
        connection.execute(f"attach '{late.before.built}' as before (read_only)")
        assert connection.execute(sql).fetchone() == (late.event_lines, 0)


def test_the_increment_wrote_the_rows_that_changed_and_no_others(late: Late) -> None:
    written = rows_written(late.after, late.before)
    assert written == {table: rows_changed(late.after, late.before, table) for table in written}
    assert all(written[table] for table in CHANGED), written


def test_sales_that_moved_to_another_version_leave_no_row_behind(late: Late) -> None:
    columns = "date_key, store_key, household_key, department"
    with duckdb.connect(str(late.after.built), read_only=True) as connection:
        connection.execute(f"attach '{late.before.built}' as before (read_only)")
        gone = f"select {columns} from before.star.fct_daily_sales except select {columns} from star.fct_daily_sales"
        assert len(connection.execute(gone).fetchall()) > 0
