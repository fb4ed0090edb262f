"""What Athena holds after loads is what DuckDB holds, to the cell."""

import shutil
import sqlite3
from datetime import datetime
from pathlib import Path

from ingestion.destinations import athena_raw
from ingestion.destinations.glue import Database
from tests.ingestion.athena.comparison import TABLES, differences
from tests.ingestion.athena.conftest import HOUSEHOLDS, LAST_DAY, Loaded

TYPES = {
    "pos.transactions": {
        **dict.fromkeys(("sequence", "household_id", "store_id", "basket_id", "product_id", "quantity"), "bigint"),
        **dict.fromkeys(("sales_value", "retail_disc", "coupon_disc", "coupon_match_disc"), "decimal(12,2)"),
        "week": "bigint",
        "transaction_timestamp": "timestamp(3)",
        "recorded_at": "timestamp(3)",
        "_dlt_load_id": "varchar",
    },
    "loyalty.redemptions": {
        "household_id": "bigint",
        "coupon_upc": "varchar",
        "campaign_id": "bigint",
        "redemption_date": "date",
        "updated_at": "timestamp(6)",
        "_dlt_load_id": "varchar",
    },
    "promotions.rejected_files": {
        **dict.fromkeys(("file", "version", "reason", "_dlt_load_id"), "varchar"),
        "rejected_at": "timestamp(3)",
    },
}


def rows(made: Loaded, sql: str) -> list[tuple]:
    """Athena's answer; `{pos}` and the like stand for the databases."""
    systems = ("pos", "loyalty", "promotions", "meta")
    return made.athena.rows(sql.format(**{system: made.athena.database(system) for system in systems}))


def test_one_load_equals_duckdb_and_then_a_changed_row_replaces_its_older_version(fresh: Loaded, duckdb_year: Path) -> None:
    results = fresh.load()
    assert {result.resource for result in results} == set(TABLES)
    for table in TABLES:
        held, only_duckdb, only_athena = differences(duckdb_year, fresh.athena, table)
        assert held > 0, table
        assert (only_duckdb, only_athena) == (0, 0), table
    ((first,),) = rows(fresh, "select distinct _dlt_load_id from {pos}.products")
    with sqlite3.connect(fresh.folder / "grocer/till.sqlite") as till:
        till.execute("update products set brand = null, updated_at = '2017-12-30 00:00:00' where product_id = 25671")
    fresh.load()
    changed = rows(fresh, "select product_id, brand, updated_at from {pos}.products where _dlt_load_id <> '" + first + "'")
    assert changed == [(25671, None, datetime.fromisoformat("2017-12-30 00:00:00"))]
    assert rows(fresh, "select count(*), count(distinct product_id) from {pos}.products") == [(92_331, 92_331)]


def test_three_increments_equal_one_load(increments: Loaded, duckdb_year: Path) -> None:
    for table in TABLES:
        assert differences(duckdb_year, increments.athena, table)[1:] == (0, 0), table
    # a load brings its own rows only; the catalogue did not change, and the rows that came again kept the load that brought them
    for table, loads in {"{pos}.transactions": 3, "{promotions}.promotions": 3, "{pos}.products": 1}.items():
        assert rows(increments, f"select count(distinct _dlt_load_id) from {table}") == [(loads,)], table


def test_replaced_coupons_are_those_of_the_newest_load(increments: Loaded) -> None:
    ((loads, newest, count),) = rows(increments, "select count(distinct _dlt_load_id), max(_dlt_load_id), count(*) from {loyalty}.coupons")
    assert (loads, count) == (1, 116_204)
    place = Database(increments.athena.database("loyalty")).tables()["coupons"]["StorageDescriptor"]["Location"]
    assert place.endswith(f"/_dlt_load_id={newest}/")


def test_nothing_new_changes_no_row_and_adds_no_file(increments: Loaded, duckdb_year: Path) -> None:
    increments.load()  # takes away the files that the last replacement left for those who were reading them
    before, loads = increments.files(), load_ids(increments)
    shutil.rmtree(increments.folder / "dlt_athena")  # as on another machine: what was loaded is known from Athena
    increments.load()
    assert increments.files() == before
    assert load_ids(increments) == loads
    for table in TABLES:
        assert differences(duckdb_year, increments.athena, table)[1:] == (0, 0), table


def load_ids(made: Loaded) -> list[tuple]:
    """Rows of each load in each table."""
    databases = {table: f"{made.athena.database(table.partition('.')[0])}.{table.partition('.')[2]}" for table in TABLES}
    parts = [f"select '{table}', _dlt_load_id, count(*) from {name} group by 1, 2" for table, name in databases.items()]
    return sorted(made.athena.rows(" union all ".join(parts)))


def test_types_correspond(increments: Loaded) -> None:
    for table, types in TYPES.items():
        system, _, name = table.partition(".")
        found = rows(
            increments,
            f"select column_name, data_type from information_schema.columns where table_schema = '{{{system}}}' and table_name = '{name}'",
        )
        assert dict(found) == types


def test_clock_and_totals(increments: Loaded) -> None:
    with increments.entered():
        state = athena_raw.state()
    assert (state.clock.as_of_date, state.clock.households) == (LAST_DAY, HOUSEHOLDS)
    assert state.counts == state.totals
    assert set(state.totals) == set(TABLES)
    assert rows(increments, "select as_of, as_of_date, households, loaded_at from {meta}.clock") == [
        (state.clock.as_of, state.clock.as_of_date, state.clock.households, state.clock.loaded_at)
    ]
    amounts = "sales_amount, retail_discount_amount, coupon_discount_amount, coupon_match_discount_amount"
    sums = rows(increments, "select sum(sales_value), sum(retail_disc), sum(coupon_disc), sum(coupon_match_disc) from {pos}.transactions")
    assert rows(increments, f"select {amounts} from {{meta}}.source_totals where resource = 'pos.transactions'") == sums
    assert rows(increments, "select resource, row_count from {meta}.source_totals order by 1") == sorted(state.totals.items())
