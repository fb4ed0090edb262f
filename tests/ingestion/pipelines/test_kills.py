"""A load may be killed anywhere: the next one goes on, and raw then holds what the sources hold, once."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from dlt.destinations.sql_jobs import SqlStagingReplaceFollowupJob
from dlt.pipeline.exceptions import PipelineStepFailed

from ingestion import pipelines, settings
from ingestion.loaders.rest_pages import RestPages
from tests.ingestion.pipelines.conftest import HOUSEHOLDS, LAST_DAY, Till
from tests.support import ROOT, differences

DLT = frozenset({"_dlt_load_id", "_dlt_id"})
TABLES = ("raw_pos.transactions", "raw_pos.products", "raw_loyalty.household_events", "raw_loyalty.coupons", "raw_promotions.promotions")

# Loads, and sends itself a signal when `<class>.<method>` has returned for the first time (of a job: for a table): after the commit, before
# dlt knows of it. Once: jobs of one table run side by side, and a second Ctrl-C would meet the end of the process.
DRIVER = """
import os, sys
from contextlib import suppress
from dlt.extract.extract import Extract
from ingestion import __main__
from ingestion.destinations import duckdb
owner, method, table, sent = sys.argv[1:5]
owner = {"Job": duckdb.JournaledCopyJob, "Client": duckdb.RawClient, "Extract": Extract}[owner]
real = getattr(owner, method)
signals = [int(sent)]
def killed(self, *arguments):
    result = real(self, *arguments)
    if not table or self.load_table_name == table:
        with suppress(IndexError):
            os.kill(os.getpid(), signals.pop())
    return result
setattr(owner, method, killed)
sys.exit(__main__.main(sys.argv[5:]))
"""


def interrupted(place: str, sent: signal.Signals) -> subprocess.CompletedProcess[str]:
    """A load that is sent the signal at a place: `Class.method` or `Job.run.table`."""
    owner, method, *table = place.split(".")
    command = [sys.executable, "-c", DRIVER, owner, method, "".join(table), str(int(sent)), "load", "--households", str(HOUSEHOLDS)]
    return subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)


def clock(folder: Path) -> list[tuple]:
    with duckdb.connect(str(folder / "raw.duckdb"), read_only=True) as connection:
        return connection.execute("from raw_meta.clock").fetchall()


@pytest.mark.long("kills of a load")
def test_kills_and_ctrl_c_neither_lose_nor_double_a_row(year: Path, unloaded: Path) -> None:
    places = ["Job.run.transactions", "Job.run.coupons", "Client.complete_load", "Job.run.promotions"]
    for place in places:
        done = interrupted(place, signal.SIGKILL)
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert clock(unloaded) == []
    stopped = interrupted("Job.run.promotions", signal.SIGINT)
    assert stopped.returncode == 130, stopped.stderr
    assert stopped.stderr.splitlines()[-1].startswith("Stopped.")
    assert "Traceback" not in stopped.stderr
    assert clock(unloaded) == []
    (settings.scratch_folder() / "drops-of-a-killed-load").mkdir()
    pipelines.load(LAST_DAY, HOUSEHOLDS)
    assert list(settings.scratch_folder().iterdir()) == []
    for table in TABLES:
        assert differences(year / "raw.duckdb", unloaded / "raw.duckdb", table, DLT)[1:] == (0, 0), table


def test_a_cursor_that_was_not_saved_is_taken_from_raw(till: Till) -> None:
    till.change(
        "create temporary table line as select * from transactions order by sequence desc limit 1",
        "update line set sequence = sequence + 1",
        "insert into transactions select * from line",
    )
    assert interrupted("Extract.commit_packages", signal.SIGKILL).returncode == -signal.SIGKILL
    results = pipelines.load(LAST_DAY, HOUSEHOLDS)
    assert [result.rows_in_raw for result in results if result.resource == "pos.transactions"] == [60_406]


def test_rows_of_a_load_that_nothing_resumes_are_swept(year: Path, unloaded: Path) -> None:
    assert interrupted("Job.run.transactions", signal.SIGKILL).returncode == -signal.SIGKILL
    (unloaded / "dlt").rename(unloaded / "lost")
    pipelines.load(LAST_DAY, HOUSEHOLDS)
    assert differences(year / "raw.duckdb", unloaded / "raw.duckdb", "raw_pos.transactions", DLT)[1:] == (0, 0)


def test_a_replacement_is_seen_whole_or_not_at_all(warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = SqlStagingReplaceFollowupJob.generate_sql

    def cut_in_between(*arguments: object) -> list[str]:
        deletion, insertion = real(*arguments)
        return [deletion, "select error('cut')", insertion]

    listing = RestPages.listing
    monkeypatch.setattr(RestPages, "listing", lambda api, path, since=None, etag="": listing(api, path, since))  # noqa: ARG005 (none is known)
    monkeypatch.setattr(SqlStagingReplaceFollowupJob, "generate_sql", cut_in_between)
    with pytest.raises(PipelineStepFailed, match="cut"):
        pipelines.load(LAST_DAY, HOUSEHOLDS)
    with duckdb.connect(str(warehouse / "raw.duckdb"), read_only=True) as connection:
        assert connection.execute("select count(*) from raw_loyalty.coupons").fetchall() == [(116_204,)]
