"""A load to Athena may be killed anywhere: what is not complete is not seen, and the next load goes on to what DuckDB holds."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ingestion.destinations.glue import Database
from tests.ingestion.athena.comparison import TABLES, differences
from tests.ingestion.athena.conftest import HOUSEHOLDS, Loaded
from tests.support import ROOT

pytestmark = pytest.mark.long("kills on Athena")

# Loads, and kills itself when `<owner>.<method>` has returned for the first time (of an upload: for a table).
DRIVER = """
import os, signal, sys
from ingestion import __main__
from ingestion.destinations import athena, athena_raw, glue, publication
owner, method, table = sys.argv[1:4]
owner = {"Upload": athena.UploadJob, "Glue": glue.Database, "Publication": publication.Publication, "Client": athena.RawClient}[owner]
real = getattr(owner, method)
def killed(self, *arguments, **named):
    result = real(self, *arguments, **named)
    if not table or self.load_table_name == table:
        os.kill(os.getpid(), signal.SIGKILL)
    return result
setattr(owner, method, killed)
sys.exit(__main__.main(sys.argv[4:]))
"""


def kill(made: Loaded, place: str) -> None:
    """Have a load killed at a place: `Owner.method` or `Upload.run.table`."""
    owner, method, *table = place.split(".")
    arguments = [owner, method, "".join(table), "load", "--to", "athena", "--households", str(HOUSEHOLDS)]
    with made.entered():
        done = subprocess.run([sys.executable, "-c", DRIVER, *arguments], cwd=ROOT, env=os.environ, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert made.clock() is None


def visible(made: Loaded, table: str) -> int | None:
    """Rows that a reader sees; None where there is no table."""
    system, _, name = table.partition(".")
    database = made.athena.database(system)
    if name not in Database(database).tables():
        return None
    return made.athena.rows(f'select count(*) from "{database}"."{name}"')[0][0]


def test_kills_neither_show_nor_lose_nor_double_a_row(fresh: Loaded, duckdb_year: Path) -> None:
    kill(fresh, "Upload.run.transactions")
    assert visible(fresh, "pos.transactions") is None
    kill(fresh, "Glue.put")  # the table is there, and nothing in it
    assert visible(fresh, "pos.transactions") == 0
    kill(fresh, "Publication._merge")
    kill(fresh, "Publication.publish")  # all is visible, and dlt has not noted it
    assert visible(fresh, "pos.products") == 92_331
    kill(fresh, "Client.complete_load")
    kill(fresh, "Upload.run.coupons")
    assert visible(fresh, "loyalty.coupons") is None
    fresh.load()
    for table in TABLES:
        assert differences(duckdb_year, fresh.athena, table)[1:] == (0, 0), table


def test_what_a_lost_load_left_is_swept(fresh: Loaded, duckdb_year: Path) -> None:
    kill(fresh, "Publication.publish")
    assert visible(fresh, "pos.transactions") == 13_504
    shutil.rmtree(fresh.folder / "dlt_athena")
    kill(fresh, "Upload.run.transactions")
    assert visible(fresh, "pos.transactions") == 0
    shutil.rmtree(fresh.folder / "dlt_athena")
    fresh.load()
    assert differences(duckdb_year, fresh.athena, "pos.transactions")[1:] == (0, 0)
    assert len([key for key in fresh.files() if "_raw_pos/transactions/" in key]) == 1
