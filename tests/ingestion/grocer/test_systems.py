"""Up, down, up again: what lives, what is kept, what a kill leaves behind."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from ingestion.errors import UserError
from ingestion.grocer import data, drops, processes, systems
from ingestion.grocer.clock import FIRST_DAY
from ingestion.grocer.systems import Grocer
from tests.ingestion.grocer.support import YEAR_END, Client, Home, ask, till_rows
from tests.support import ROOT


def process_of(home: Home) -> int:
    with home.entered():
        process = processes.process_id()
    assert process is not None
    return process


def test_up_again_changes_nothing(year_home: Home, year: Grocer) -> None:
    process = process_of(year_home)
    files = {file: file.stat().st_mtime_ns for file in (year_home.folder / "grocer").rglob("*.*") if file.suffix in {".sqlite", ".parquet"}}
    begun = time.monotonic()
    assert year_home.up(YEAR_END) == year
    assert time.monotonic() - begun < 2
    assert year_home.running() == year
    assert process_of(year_home) == process
    assert {file: file.stat().st_mtime_ns for file in files} == files


def test_the_secret_is_in_one_private_file_and_on_no_command_line(year_home: Home, year: Grocer) -> None:
    folder = year_home.folder / "grocer"
    holding = [file for file in folder.rglob("*") if file.is_file() and year.client_secret.encode() in file.read_bytes()]
    assert [file.name for file in holding] == ["state.json"]
    assert stat.S_IMODE(holding[0].stat().st_mode) == 0o600
    listing = [shutil.which("ps") or "ps", "-p", str(process_of(year_home)), "-o", "args="]
    arguments = subprocess.run(listing, capture_output=True, text=True, check=True).stdout
    assert processes.MODULE in arguments
    assert year.client_secret not in arguments


def test_the_service_listens_on_loopback_only() -> None:
    with processes.listen(0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_another_number_of_households_is_refused(year_home: Home) -> None:
    with pytest.raises(UserError, match="has 100 households and not 1 household: ask for as many, or run `make reset`"):
        year_home.up(YEAR_END, 1)
    with pytest.raises(UserError, match="has 100 households and not all households"):
        year_home.up(YEAR_END, None)


@pytest.mark.parametrize("households", [0, -5])
def test_no_households_are_refused(home: Home, households: int) -> None:
    with pytest.raises(UserError, match="choose 1 or more"):
        home.up(YEAR_END, households)
    assert not (home.folder / "grocer").exists()


def test_two_commands_do_not_mix(year_home: Home) -> None:
    held = processes.locked(year_home.folder / "grocer" / "grocer.lock", "")
    with held, pytest.raises(UserError, match="Another command is at work on the grocer: wait"):
        year_home.up(YEAR_END)


def test_a_life(home: Home) -> None:
    """Started, killed, noticed, started again on the same port, given another secret, stopped, thrown away."""
    assert home.running() is None
    grocer = home.up(FIRST_DAY, 2)
    client = Client(grocer)
    cursor = client.get("/v1/coupons", limit=5).json["next_cursor"]
    os.kill(process_of(home), signal.SIGKILL)
    while ask_or_none(grocer.loyalty_url):
        time.sleep(0.01)
    assert home.running() is None, "the killed server is noticed"

    assert home.up(FIRST_DAY, 2) == grocer, "same port, same secret"
    assert client.get("/v1/coupons", cursor=cursor).status == 200, "tokens and cursors outlive the server"

    given = Home(home.folder, {"LOYALTY_CLIENT_SECRET": "given"}).up(FIRST_DAY, 2)
    assert given == replace(grocer, client_secret="given")
    assert client.get("/v1/coupons").status == 401
    assert Client(given).get("/v1/coupons").status == 200

    log = home.folder / "grocer" / "loyalty.log"
    assert home.down()
    assert log.read_text() == "", "stopped without complaint"
    assert not home.down()
    assert home.running() is None
    assert (home.folder / "grocer" / "till.sqlite").exists()
    with home.entered():
        assert systems.reset()
        assert not systems.reset()
    assert not (home.folder / "grocer").exists()


def ask_or_none(url: str) -> object:
    try:
        return ask(f"{url}/health")
    except OSError:
        return None


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)])
def test_an_up_that_is_cut_short_is_completed_by_the_next(home: Home, year: Grocer, sent: signal.Signals, code: int) -> None:
    up = [sys.executable, "-m", "ingestion", "grocer", "up", "--households", "5"]
    environment = os.environ | {"AISLE_WAREHOUSE": str(home.folder)}
    left_over = drops.file_of_week(home.folder / "grocer" / "drops", 1)
    left_over.parent.mkdir(parents=True)
    left_over.write_bytes(b"of another number of households")
    with subprocess.Popen(up, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        filling = home.folder / "grocer" / "till.sqlite.filling"
        while not filling.exists() or filling.stat().st_size < 1_000_000:
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.001)
        process.send_signal(sent)
        said = process.communicate(timeout=30)[1]
    assert process.returncode == code
    assert filling.exists()
    assert not filling.with_name("till.sqlite").exists()
    assert home.running() is None
    if sent == signal.SIGINT:
        assert said.strip().startswith("Stopped. Run the same command again")
        with home.entered():
            assert processes.process_id() is None, "no service is left behind"
    grocer = home.up(YEAR_END, 5)
    (last_household,) = till_rows(grocer, "select max(household_id) from transactions")[0]
    expected = f"select * from transactions where household_id <= {last_household} order by sequence"
    assert till_rows(grocer, "select * from transactions order by sequence") == till_rows(year, expected)
    assert drops.missing_weeks(Path(grocer.drops), YEAR_END) == []
    assert left_over.read_bytes() != b"of another number of households"
    assert not filling.exists()


@pytest.mark.parametrize("text", ["", "{}", '{"until": "2017-06-30", "clock": 1}', '{"until": 5}', "[]"])
def test_a_state_of_another_version_is_told(home: Home, text: str) -> None:
    file = home.folder / "grocer" / "state.json"
    file.parent.mkdir()
    file.write_text(text)
    with pytest.raises(UserError, match="was written by another version or is damaged: run `make reset`"):
        home.running()


def test_missing_package_data_is_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "PACKAGE", "completejourney_gone")
    with pytest.raises(UserError, match=r"completejourney_gone lacks transactions\.parquet or is not installed: remove \.venv"):
        home.up(FIRST_DAY, 1)
    with home.entered():
        assert processes.process_id() is None


def test_a_service_that_cannot_start_says_why(home: Home) -> None:
    broken = Home(home.folder, {"LOYALTY_RATE": "fast"})
    with pytest.raises(UserError, match=r"did not start.*LOYALTY_RATE is 'fast': give it a positive number"):
        broken.up(FIRST_DAY, 1)
    assert home.running() is None


def test_a_till_in_postgres_is_part_of_the_grocer(home: Home, postgres: str) -> None:
    grocer = Home(home.folder, {"GROCER_TILL_URL": postgres}).up(FIRST_DAY, 2)
    assert grocer.till_url == postgres
    assert not (Path(home.folder) / "grocer" / "till.sqlite").exists()
