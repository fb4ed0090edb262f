"""Warehouses of 100 households that the tests of loading share; a test that changes one works on a copy."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ingestion import pipelines
from ingestion.grocer import systems

HOUSEHOLDS = 100
LAST_DAY = date(2017, 12, 31)
STEPS = (date(2017, 3, 31), date(2017, 8, 15), LAST_DAY)


def loaded(folder: Path, *days: date) -> Path:
    """The folder as a warehouse, loaded until each of the days in turn; no server is left running."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AISLE_WAREHOUSE", str(folder))
        for day in days:
            pipelines.load(day, HOUSEHOLDS)
    return folder


@pytest.fixture(scope="session")
def increments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole year in three loads. Tests read it and never change it."""
    return loaded(tmp_path_factory.mktemp("increments"), *STEPS)


@pytest.fixture(scope="session")
def year(increments: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole year in one load, from the same grocer. Tests read it and never change it."""
    folder = tmp_path_factory.mktemp("year")
    shutil.copytree(increments / "grocer", folder / "grocer")
    return loaded(folder, LAST_DAY)


@pytest.fixture
def warehouse(year: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the loaded year that a test may change; every command of the test works on it."""
    folder = shutil.copytree(year, tmp_path / "warehouse", copy_function=shutil.copy)
    monkeypatch.setenv("AISLE_WAREHOUSE", str(folder))
    yield folder
    systems.down()


@pytest.fixture
def unloaded(warehouse: Path) -> Path:
    """A copy with the grocer at the year's end and nothing in raw."""
    (warehouse / "raw.duckdb").unlink()
    shutil.rmtree(warehouse / "dlt")
    return warehouse
