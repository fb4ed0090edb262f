"""A load may be killed anywhere: the next one goes on, and raw then holds what the sources hold, once."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import duckdb

from ingestion import pipelines
from tests.ingestion.pipelines.conftest import HOUSEHOLDS, LAST_DAY
from tests.support import ROOT, differences

DLT = frozenset({"_dlt_load_id", "_dlt_id"})
TABLES = ("raw_pos.transactions", "raw_pos.products", "raw_loyalty.household_events", "raw_loyalty.coupons", "raw_promotions.promotions")

# Loads, and sends itself a signal right after `<class>.<method>` has returned for the n-th time: after the commit, before dlt knows of it.
DRIVER = """
import os, sys
from dlt.extract.extract import Extract
from ingestion import __main__, destination
owner, method, number, sent = sys.argv[1:5]
owner = {"Job": destination.JournaledCopyJob, "Client": destination.RawClient, "Extract": Extract}[owner]
real, calls = getattr(owner, method), []
def killed(*arguments, **named):
    result = real(*arguments, **named)
    calls.append(1)
    if len(calls) == int(number):
        os.kill(os.getpid(), int(sent))
    return result
setattr(owner, method, killed)
sys.exit(__main__.main(sys.argv[5:]))
"""


def interrupted(place: str, number: int, sent: signal.Signals) -> subprocess.CompletedProcess[str]:
    command = ["load", "--until", str(LAST_DAY), "--households", str(HOUSEHOLDS)]
    arguments = [*place.split("."), str(number), str(int(sent)), *command]
    return subprocess.run([sys.executable, "-c", DRIVER, *arguments], cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)


def clock(folder: Path) -> list[tuple]:
    with duckdb.connect(str(folder / "raw.duckdb"), read_only=True) as connection:
        return connection.execute("from raw_meta.clock").fetchall()


def test_kills_neither_lose_nor_double_a_row(year: Path, unloaded: Path) -> None:
    places = [
        ("Extract.commit_packages", 1),  # the till's rows are packed, its cursor is not saved
        ("Job.run", 1),  # the till's rows are committed
        ("Job.run", 4),  # on the way through loyalty, staging tables among them
        ("Client.complete_load", 1),
        ("Job.run", 20),  # in the middle of the weekly files
    ]
    for place, number in places:
        done = interrupted(place, number, signal.SIGKILL)
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert clock(unloaded) == []
    pipelines.load(LAST_DAY, HOUSEHOLDS)
    for table in TABLES:
        assert differences(year / "raw.duckdb", unloaded / "raw.duckdb", table, DLT)[1:] == (0, 0), table


def test_ctrl_c_is_one_line_and_leaves_the_clock(unloaded: Path) -> None:
    done = interrupted("Job.run", 2, signal.SIGINT)
    assert done.returncode == 130, done.stderr
    assert done.stderr.splitlines()[-1].startswith("Stopped.")
    assert "Traceback" not in done.stderr
    assert clock(unloaded) == []


def test_rows_of_a_load_that_nothing_resumes_are_swept(year: Path, unloaded: Path) -> None:
    assert interrupted("Job.run", 1, signal.SIGKILL).returncode == -signal.SIGKILL
    (unloaded / "dlt").rename(unloaded / "lost")
    pipelines.load(LAST_DAY, HOUSEHOLDS)
    assert differences(year / "raw.duckdb", unloaded / "raw.duckdb", "raw_pos.transactions", DLT)[1:] == (0, 0)
