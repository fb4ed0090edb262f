"""The year replayed into snapshots, once with monthly loads and once with quarterly ones, for the households of `subset`."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import HOUSEHOLDS
from tests.support import ROOT, Warehouse


def replay(warehouse: Warehouse, months: int) -> None:
    warehouse.run("python", "-m", "serving", "replay", "--households", str(HOUSEHOLDS), "--months", str(months))


def replayed(warehouse: Warehouse, months: int) -> Warehouse:
    """The replay's own warehouse within `warehouse`."""
    return Warehouse(warehouse.folder / "replay" / f"households-{HOUSEHOLDS}-months-{months}")


def kill_after(warehouse: Warehouse, day: str) -> None:
    """Begin the monthly replay, and kill it in the month after `day`: the next month's load has begun, its snapshot has not been taken."""
    command = [sys.executable, "-m", "serving", "replay", "--households", str(HOUSEHOLDS)]
    with subprocess.Popen(command, cwd=ROOT, env=warehouse.environment(), stderr=subprocess.PIPE, text=True) as process:
        for line in process.stderr:
            if line.startswith(day):
                break
        next(process.stderr)
        process.send_signal(signal.SIGKILL)


@pytest.fixture(scope="session")
def monthly(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Snapshots of every month's end; the replay was killed once on the way and begun again."""
    warehouse = Warehouse(tmp_path_factory.mktemp("monthly"))
    kill_after(warehouse, "2017-02-28, 2 of 12")
    replay(warehouse, 1)
    return replayed(warehouse, 1)


@pytest.fixture(scope="session")
def quarterly(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Snapshots of every quarter's end."""
    warehouse = Warehouse(tmp_path_factory.mktemp("quarterly"))
    replay(warehouse, 3)
    return replayed(warehouse, 3)


@pytest.fixture
def copied(monthly: Warehouse, tmp_path: Path) -> Warehouse:
    """Raw and snapshots of the monthly replay, to change; without the grocer, so that nothing but a test moves its clock."""
    for path in (monthly.raw, monthly.built):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return Warehouse(tmp_path)
