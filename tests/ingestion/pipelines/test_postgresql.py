"""A till in PostgreSQL gives the same rows as one in SQLite, at once and in steps."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from ingestion import pipelines
from ingestion.destinations import duckdb_raw
from ingestion.grocer import till, till_databases
from tests.ingestion.pipelines.conftest import HOUSEHOLDS, LAST_DAY
from tests.support import differences

TILLS = ["sqlite"]


def test_postgresql_equals_sqlite(year: Path, postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AISLE_WAREHOUSE", str(tmp_path))
    monkeypatch.setenv("GROCER_TILL_URL", postgres)
    (tmp_path / "dlt").mkdir()
    database = till_databases.configured()
    system = pipelines.of_till(database.url)
    for day in (date(2017, 6, 30), LAST_DAY):
        till.fill(database, "a-grocer", day, HOUSEHOLDS)
        with duckdb_raw.opened() as raw:
            total = pipelines.run(raw, system)["pos.transactions"]
    for table in ("raw_pos.transactions", "raw_pos.products"):
        assert differences(year / "raw.duckdb", tmp_path / "raw.duckdb", table, frozenset({"_dlt_load_id"}))[1:] == (0, 0), table
    with duckdb.connect(str(year / "raw.duckdb"), read_only=True) as connection:
        amounts = "sales_amount, retail_discount_amount, coupon_discount_amount, coupon_match_discount_amount"
        recorded = connection.execute(
            f"select row_count, {amounts} from raw_meta.source_totals where resource = 'pos.transactions'"
        ).fetchone()
    assert (total.rows, *total.amounts) == recorded
