"""Loads add up: three are one, none more changes nothing, and what is in raw is what the interface promises."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from ingestion import pipelines
from ingestion.destinations import duckdb_raw
from ingestion.loaders.rest_pages import Listing, RestPages
from ingestion.pipelines import System
from ingestion.sources import loyalty
from tests.ingestion.pipelines.conftest import HOUSEHOLDS, LAST_DAY
from tests.support import differences, tables

DLT = frozenset({"_dlt_load_id", "_dlt_id"})
ROWS = {
    "raw_pos.transactions": 60_405,
    "raw_pos.products": 92_331,
    "raw_loyalty.households": 100,
    "raw_loyalty.household_events": 387,
    "raw_loyalty.campaigns": 27,
    "raw_loyalty.campaign_memberships": 301,
    "raw_loyalty.coupons": 116_204,
    "raw_loyalty.redemptions": 128,
    "raw_promotions.promotions": 229_633,
}


def query(folder: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(folder / "raw.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_three_increments_equal_one_load(year: Path, increments: Path) -> None:
    found = {table: differences(year / "raw.duckdb", increments / "raw.duckdb", table, DLT) for table in ROWS}
    assert found == {table: (rows, 0, 0) for table, rows in ROWS.items()}
    assert query(increments, "select count(distinct _dlt_load_id) from raw_pos.transactions") == [(3,)]
    assert query(increments, "select count(distinct _dlt_load_id) from raw_promotions.promotions") == [(3,)]
    # the catalogue did not change: the rows that came again kept the load that brought them
    assert query(increments, "select count(distinct _dlt_load_id) from raw_pos.products") == [(1,)]


def test_nothing_new_changes_no_row(year: Path, warehouse: Path) -> None:
    results = pipelines.load(LAST_DAY, HOUSEHOLDS)
    assert {f"raw_{result.resource}": result.rows_in_raw for result in results} == ROWS
    for table in ROWS:
        assert differences(year / "raw.duckdb", warehouse / "raw.duckdb", table)[1:] == (0, 0), table


def test_columns_are_those_of_the_contract_and_the_load(year: Path) -> None:
    found = query(year, "select column_name, data_type from duckdb_columns() where schema_name = 'raw_pos' and table_name = 'transactions'")
    ids = ["sequence", "household_id", "store_id", "basket_id", "product_id", "quantity"]
    amounts = ["sales_value", "retail_disc", "coupon_disc", "coupon_match_disc"]
    assert found == [
        *((name, "BIGINT") for name in ids),
        *((name, "DECIMAL(12,2)") for name in amounts),
        ("week", "BIGINT"),
        ("transaction_timestamp", "TIMESTAMP"),
        ("recorded_at", "TIMESTAMP"),
        ("_dlt_load_id", "VARCHAR"),
    ]
    for table in ROWS:
        assert query(year, f"select count(*) from {table} where _dlt_load_id is null") == [(0,)], table


def test_clock_and_totals_are_the_sources_own(year: Path) -> None:
    as_of = datetime.fromisoformat("2018-01-01 05:00:00")
    assert query(year, "select as_of, as_of_date, households from raw_meta.clock") == [(as_of, LAST_DAY, HOUSEHOLDS)]
    totals = query(year, "select 'raw_' || resource, row_count, as_of from raw_meta.source_totals order by resource")
    assert sorted(totals) == sorted((table, rows, as_of) for table, rows in ROWS.items())
    loaded_sums = query(
        year, "select sum(sales_value), sum(retail_disc), sum(coupon_disc), sum(coupon_match_disc) from raw_pos.transactions"
    )
    amounts = "sales_amount, retail_discount_amount, coupon_discount_amount, coupon_match_discount_amount"
    assert query(year, f"select {amounts} from raw_meta.source_totals where resource = 'pos.transactions'") == loaded_sums
    assert all(isinstance(amount, Decimal) for amount in loaded_sums[0])
    assert query(year, "select version from raw_meta.format") == [(1,)]


def test_tables_exist_before_they_have_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AISLE_WAREHOUSE", str(tmp_path))
    monkeypatch.setattr(RestPages, "listing", lambda *_, **__: Listing("/nowhere", {}, [], 0, ""))
    with duckdb_raw.opened() as raw:
        pipelines.run(raw, System("loyalty", lambda: loyalty.loyalty("http://nowhere", "aisle", "secret"), dict))
    promised = {table for table in ROWS if table.startswith("raw_loyalty.")}
    assert {table: query(tmp_path, f"select count(*) from {table}") for table in promised} == {table: [(0,)] for table in promised}


def test_staging_tables_and_the_journal_are_empty_after_a_load(year: Path) -> None:
    left = [
        table for table in tables(year / "raw.duckdb") if table == "raw_meta.load_journal" or ("_staging." in table and "_dlt" not in table)
    ]
    assert len(left) > 3
    assert {table: query(year, f"select count(*) from {table}")[0][0] for table in left} == dict.fromkeys(left, 0)
