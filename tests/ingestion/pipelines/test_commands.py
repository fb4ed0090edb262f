"""The command line with bad input and in bad company: one sentence, exit code 2, and raw as it was."""

import fcntl
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pytest

from ingestion import __main__
from ingestion.grocer import systems
from tests.ingestion.pipelines.conftest import ANY_TILL

TILLS = ANY_TILL

SUBSET = ("--households", "100")
Run = Callable[..., str]


@pytest.fixture
def refused(capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command that must fail; gives its sentence."""

    def run(*arguments: str) -> str:
        capfd.readouterr()
        assert __main__.main(arguments) == 2
        lines = [line for line in capfd.readouterr().err.splitlines() if line.startswith("error: ")]
        assert len(lines) == 1
        return lines[0]

    return run


@contextmanager
def opened_elsewhere(file: Path, *, read_only: bool) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the file open and counts its lines when it is asked to."""
    code = (
        f"import duckdb; c = duckdb.connect({str(file)!r}, read_only={read_only}); print('open', flush=True); input(); "
        "print(c.execute('select count(*) from raw_pos.transactions').fetchone()[0], flush=True)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "open\n"
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def untouched(warehouse: Path) -> Iterator[Path]:
    """The warehouse; its raw file must be the same, byte for byte, after the test."""
    before = (warehouse / "raw.duckdb").read_bytes()
    yield warehouse
    assert (warehouse / "raw.duckdb").read_bytes() == before


@pytest.mark.parametrize("day", ["2017-02-30", "yesterday", "2018-01-01"])
@pytest.mark.usefixtures("untouched")
def test_unknown_day(day: str, refused: Run) -> None:
    assert day in refused("load", "--until", day)


@pytest.mark.usefixtures("untouched")
def test_an_earlier_day(refused: Run) -> None:
    assert "already stands at 2017-12-31, after 2017-06-30" in refused("load", "--until", "2017-06-30", *SUBSET)


@pytest.mark.usefixtures("untouched")
def test_other_households(refused: Run) -> None:
    assert "Raw holds the first 100 households" in refused("load", "--households", "50")
    assert "Raw holds the first 100 households" in refused("load")


def test_two_loads(untouched: Path, refused: Run) -> None:
    with (untouched / ".load.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "Another load" in refused("load", *SUBSET)


@pytest.mark.parametrize("read_only", [True, False], ids=["reader", "writer"])
def test_raw_is_open_elsewhere_and_stays_readable_there(read_only: bool, warehouse: Path, refused: Run) -> None:
    with opened_elsewhere(warehouse / "raw.duckdb", read_only=read_only) as process:
        assert "Another program has" in refused("load", *SUBSET)
        assert process.communicate("\n", timeout=30)[0] == "60405\n"


@pytest.mark.parametrize(("version", "said"), [(99, "a newer version"), (0, "an older version")])
def test_raw_of_another_format(version: int, said: str, warehouse: Path, refused: Run) -> None:
    with duckdb.connect(str(warehouse / "raw.duckdb")) as connection:
        connection.execute("update raw_meta.format set version = ?", [version])
    before = (warehouse / "raw.duckdb").read_bytes()
    assert said in refused("load", *SUBSET)
    assert said in refused("status")
    assert (warehouse / "raw.duckdb").read_bytes() == before


def test_raw_without_a_format_or_no_database(warehouse: Path, refused: Run) -> None:
    raw = warehouse / "raw.duckdb"
    raw.unlink()
    with duckdb.connect(str(raw)) as connection:
        connection.execute("create table something as select 1 as x")
    assert "an older version" in refused("load", *SUBSET)
    raw.write_text("not a database at all" * 1000)
    assert "cannot be read as a file of DuckDB" in refused("load", *SUBSET)


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingestion.loaders.patience.FIRST_PAUSE_SECONDS", 0.01)


@pytest.mark.usefixtures("no_pauses")
def test_systems_that_refuse_or_do_not_answer(warehouse: Path, refused: Run) -> None:
    settings = {
        ("SOURCES__POS__TILL_URL", "postgresql://aisle:hush-hush@127.0.0.1:9/till"): "127.0.0.1:9/till cannot be read (",
        ("SOURCES__POS__TILL_URL", "mysql://aisle:hush-hush@127.0.0.1:9/till"): "127.0.0.1:9/till cannot be read (",
        ("SOURCES__LOYALTY__CLIENT_SECRET", "hush-hush"): "refuses the client 'aisle'",
        ("SOURCES__LOYALTY__BASE_URL", "http://127.0.0.1:9"): "http://127.0.0.1:9/oauth/token does not answer",
    }
    clock = state(warehouse)
    systems.up(date(2017, 12, 31), 100)
    for (variable, value), said in settings.items():
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(variable, value)
            sentence = refused("load", *SUBSET)
        assert said in sentence
        assert "hush-hush" not in sentence
        assert state(warehouse) == clock
    assert systems.running() is not None


def test_a_row_is_missing_in_raw(warehouse: Path, refused: Run) -> None:
    clock = state(warehouse)
    with duckdb.connect(str(warehouse / "raw.duckdb")) as connection:
        connection.execute("delete from raw_pos.transactions where sequence = (select min(sequence) from raw_pos.transactions)")
    assert "pos.transactions has 60,405 rows in its source and 60,404 in raw" in refused("load", *SUBSET)
    assert state(warehouse) == clock
    assert systems.running() is None


def test_status(warehouse: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert __main__.main(["status"]) == 0
    shown = capsys.readouterr().out
    assert "2017-12-31" in shown
    assert "229,633" in shown
    shutil.rmtree(warehouse)
    assert __main__.main(["status"]) == 1
    assert "Nothing is loaded yet" in capsys.readouterr().out


def test_help_shows_examples_and_imports_no_dlt() -> None:
    code = "import sys\nfrom ingestion import __main__\ntry:\n    __main__.main(['--help'])\nfinally:\n    print('dlt' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "python -m ingestion load --until 2017-06-30" in done.stdout
    assert done.stdout.endswith("False\n")


def state(folder: Path) -> list[tuple]:
    with duckdb.connect(str(folder / "raw.duckdb"), read_only=True) as connection:
        return connection.execute("from raw_meta.clock").fetchall() + connection.execute("from raw_meta.source_totals").fetchall()
