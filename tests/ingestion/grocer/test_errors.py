"""How an exception becomes an exit code and one line."""

import os
import signal
import sqlite3
import threading
from pathlib import Path

import duckdb
import pytest

from ingestion import errors
from ingestion.connections import closing


def fill_file() -> None:
    Path("/dev/full").write_text("x" * 100_000)


def fill_duckdb() -> None:
    duckdb.connect().execute("copy (from range(1000000)) to '/dev/full' (format parquet, use_tmp_file false)")


def fill_sqlite() -> None:
    till = sqlite3.connect(":memory:")
    till.executescript("pragma max_page_count = 2; create table a (b); create table c (d)")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a device that is always full")
@pytest.mark.parametrize("command", [fill_file, fill_duckdb, fill_sqlite])
def test_a_full_disk_is_told(command, capsys: pytest.CaptureFixture[str]) -> None:
    assert errors.run(command) == 2
    assert capsys.readouterr().err == "error: The disk is full: free some space and run the same command again.\n"


def test_a_users_mistake_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    def command() -> int:
        raise errors.UserError("This is wrong: do that.")

    assert errors.run(command) == 2
    assert capsys.readouterr().err == "error: This is wrong: do that.\n"


def test_ctrl_c_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    def command() -> int:
        raise KeyboardInterrupt

    assert errors.run(command) == 130
    assert capsys.readouterr().err.count("\n") == 1


def test_ctrl_c_in_a_query_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    def command() -> None:
        threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        with closing(duckdb.connect()) as connection:
            connection.execute("select max(hash(range)) from range(100000000000)")

    assert errors.run(command) == 130
    assert capsys.readouterr().err.count("\n") == 1


def test_a_cause_is_found_under_what_wraps_it(capsys: pytest.CaptureFixture[str]) -> None:
    def command() -> None:
        raise RuntimeError("a load failed") from errors.UserError("This is wrong: do that.")

    assert errors.run(command) == 2
    assert capsys.readouterr().err == "error: This is wrong: do that.\n"


def test_a_bug_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError):
        errors.run(lambda: 1 // 0)


@pytest.mark.parametrize(("given", "code"), [(None, 0), (0, 0), (1, 1)])
def test_a_commands_own_code_is_kept(given: int | None, code: int) -> None:
    assert errors.run(lambda: given) == code
