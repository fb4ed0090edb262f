"""A database that DuckDB has no scanner for is read by connectorx: the same rows, to the cell."""

import sqlite3
from pathlib import Path

import duckdb
import pytest
from dlt.sources.sql_database import sql_table

from ingestion import pipelines, settings
from ingestion.destinations import duckdb_raw
from ingestion.errors import UserError
from ingestion.failures import unwrapped
from ingestion.grocer import till, till_databases
from ingestion.loaders import duckdb_scanner
from ingestion.pipelines import System
from ingestion.schemas import FREEZE, Column, Contract
from ingestion.sources import pos
from tests.support import differences

DAY = till.clock.FIRST_DAY.replace(day=31)
TABLES = ("raw_pos.transactions", "raw_pos.products")


def loaded(folder: Path, url: str) -> Path:
    """A warehouse with a till's two tables, read without totals and keys, which are the scanner's to ask."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AISLE_WAREHOUSE", str(folder))
        settings.dlt_folder().mkdir(parents=True)
        read = pos.Till(url)
        with duckdb_raw.opened() as raw, unwrapped("pos"):
            pipelines.run(raw, System("pos", lambda: pos.pos(read), dict, read.snapshot))
    return folder / "raw.duckdb"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_connectorx_reads_what_the_scanner_reads(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("AISLE_WAREHOUSE", str(tmp_path / "grocer"))
    if kind == "postgresql":
        monkeypatch.setenv(till_databases.VARIABLE, request.getfixturevalue("postgres"))
    (tmp_path / "grocer" / "grocer").mkdir(parents=True)
    database = till_databases.configured()
    till.fill(database, "a-grocer", DAY, 50)
    scanned = loaded(tmp_path / "scanned", database.url)
    monkeypatch.setattr(duckdb_scanner, "SCHEMAS", {})  # now no database has a scanner
    fetched = loaded(tmp_path / "fetched", database.url)
    for table in TABLES:
        rows, *others = differences(scanned, fetched, table, frozenset({"_dlt_load_id"}))
        assert rows > 1000
        assert others == [0, 0], table


def test_a_database_that_does_not_answer_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read") as raised:
        loaded(tmp_path, "mysql+pymysql://aisle:hush-hush@127.0.0.1:9/till")
    assert "hush-hush" not in str(raised.value)
    with duckdb.connect(str(tmp_path / "raw.duckdb")) as connection:
        assert connection.execute("select count(*) from duckdb_tables() where schema_name = 'raw_pos'").fetchall() == [(0,)]


@pytest.mark.parametrize("promised", ["blob", "time"])
def test_what_connectorx_would_change_is_refused(promised: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sqlite3.connect(tmp_path / "shop.sqlite") as database:
        database.execute(f"create table things (v {promised})")
    url = f"sqlite:///{tmp_path / 'shop.sqlite'}"
    monkeypatch.setattr(duckdb_scanner, "SCHEMAS", {})
    contract = Contract("shop.things", (Column("v", promised, required=False),), FREEZE | {"data_type": "discard_value"})
    kwargs = {"contract": contract, "folder": tmp_path}
    things = sql_table(credentials=url, table="things", backend=duckdb_scanner.BACKEND, backend_kwargs=kwargs, reflection_level="minimal")
    with pytest.raises(Exception, match="which connectorx does not read exactly"):
        list(things)
