"""What keeps raw right on Athena, too: deletions, days that come again, a resource that is fetched anew, and the history."""

import sqlite3
from datetime import date
from pathlib import Path

import pytest

from ingestion import pipelines
from ingestion.destinations import athena_raw
from ingestion.errors import UserError
from tests.ingestion.athena.comparison import TABLES, differences
from tests.ingestion.athena.conftest import LAST_DAY, Loaded

pytestmark = pytest.mark.long("operations on Athena")


def test_deletions_days_again_and_a_reset(fresh: Loaded, duckdb_year: Path) -> None:
    fresh.load()
    till = fresh.folder / "grocer/till.sqlite"
    with sqlite3.connect(till) as connection:
        connection.execute("create table kept as select * from products where product_id = 25671")
        connection.execute("delete from products where product_id = 25671")
    deleted = {result.resource: result for result in fresh.load()}["pos.products"]
    assert (deleted.rows_in_raw, deleted.rows_deleted) == (92_330, 1)
    with sqlite3.connect(till) as connection:
        connection.execute("insert into products select * from kept")
        connection.execute("drop table kept")
    with fresh.entered():
        pipelines.backfill(date(2017, 1, 1), LAST_DAY, "athena")
        for resource in ("pos.transactions", "pos.products", "loyalty.household_events"):
            pipelines.reset(resource, "athena")
        assert athena_raw.state().clock is None
        with pytest.raises(UserError, match="No load has been completed yet"):
            pipelines.backfill(LAST_DAY, LAST_DAY, "athena")
    fresh.load()
    assert {table: differences(duckdb_year, fresh.athena, table)[1:] for table in TABLES} == dict.fromkeys(TABLES, (0, 0))
    with fresh.entered():
        runs = athena_raw.state().runs
    assert [run.command.partition(" ")[0] for run in reversed(runs)] == ["load", "load", "backfill", "reset", "reset", "reset", "load"]
    assert {run.outcome for run in runs} == {"completed"}
