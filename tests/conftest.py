"""Warehouses that tests share: each is loaded and built once a session, by the commands that users run."""

import signal
from pathlib import Path
from typing import Any

import pytest

from tests.support import Warehouse


def pytest_configure() -> None:
    """A shell ignores Ctrl-C for what it runs in the background, and so would the tests of Ctrl-C, without end."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def subset(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The first 100 households' year, built with every data and unit test. Tests read it and never change it."""
    warehouse = Warehouse(tmp_path_factory.mktemp("subset"))
    warehouse.load(households=100)
    warehouse.run("dbt", "build")
    return warehouse


@pytest.fixture(scope="session")
def manifest(subset: Warehouse) -> dict[str, Any]:
    """dbt's manifest of the project."""
    return subset.artifact("manifest")


@pytest.fixture(scope="session")
def full_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`aisle.duckdb` built from all of the data, `raw.duckdb` beside it. Tests read it and never change it."""
    warehouse = Warehouse(tmp_path_factory.mktemp("full"))
    warehouse.load()
    warehouse.run("python", "-m", "serving", "build")
    return warehouse.built
