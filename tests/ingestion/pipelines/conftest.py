"""Warehouses of 100 households that the tests of loading share; a test that changes one works on a copy.

Every test that takes one runs with the till in SQLite, and in PostgreSQL as a long proof of its module; or in those that its module
names in TILLS.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from ingestion import pipelines
from ingestion.grocer import systems, till_databases
from ingestion.grocer.till_databases import VARIABLE
from tests.ingestion.conftest import new_database

HOUSEHOLDS = 100
LAST_DAY = date(2017, 12, 31)
STEPS = (date(2017, 3, 31), date(2017, 8, 15), LAST_DAY)
NUMBERS = count(1)
TILLS = ["sqlite", "postgresql"]
# A module's TILLS where it makes no difference which one it is: both only at night.
ANY_TILL = TILLS if os.environ.get("AISLE_TILLS") == "all" else TILLS[:1]


@dataclass(frozen=True)
class Till:
    """The till's database, for tests that change it or ask it."""

    url: str

    @property
    def is_postgresql(self) -> bool:
        return self.url.startswith("postgresql")

    def change(self, *statements: str) -> None:
        """Execute the statements in one transaction."""
        engine = sa.create_engine(self.url)
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(sa.text(statement))
        engine.dispose()

    def rows(self, sql: str) -> list[tuple]:
        engine = sa.create_engine(self.url)
        with engine.connect() as connection:
            found = [tuple(row) for row in connection.execute(sa.text(sql))]
        engine.dispose()
        return found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests that take a warehouse run with each kind of till."""
    if "server" in metafunc.fixturenames:
        long = pytest.mark.long(f"the till in PostgreSQL: {Path(metafunc.module.__file__).stem.removeprefix('test_')}")
        tills = getattr(metafunc.module, "TILLS", TILLS)
        params = [pytest.param(till, marks=[long] if till == "postgresql" else []) for till in tills]
        metafunc.parametrize("server", params, indirect=True, scope="session")


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> str | None:
    """PostgreSQL's URL without a database; None when the till is a file in the warehouse."""
    return request.getfixturevalue("postgres_server") if request.param == "postgresql" else None


@pytest.fixture(scope="session")
def year_till(server: str | None) -> str | None:
    """The database in which the shared warehouses' grocer keeps its till; None for a file in the warehouse."""
    return new_database(server, f"year_{next(NUMBERS)}") if server else None


def loaded(folder: Path, till_url: str | None, *days: date) -> Path:
    """The folder as a warehouse, loaded until each of the days in turn; no server is left running."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AISLE_WAREHOUSE", str(folder))
        if till_url:
            patch.setenv(VARIABLE, till_url)
        for day in days:
            pipelines.load(day, HOUSEHOLDS)
    return folder


@pytest.fixture(scope="session")
def increments(year_till: str | None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole year in three loads. Tests read it and never change it."""
    return loaded(tmp_path_factory.mktemp("increments"), year_till, *STEPS)


@pytest.fixture(scope="session")
def year(increments: Path, year_till: str | None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole year in one load, from the same grocer. Tests read it and never change it."""
    folder = tmp_path_factory.mktemp("year")
    shutil.copytree(increments / "grocer", folder / "grocer")
    return loaded(folder, year_till, LAST_DAY)


@pytest.fixture
def warehouse(year: Path, year_till: str | None, server: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the loaded year, its till included, that a test may change; every command of the test works on it."""
    folder = shutil.copytree(year, tmp_path / "warehouse", copy_function=shutil.copy)
    monkeypatch.setenv("AISLE_WAREHOUSE", str(folder))
    if server:
        monkeypatch.setenv(VARIABLE, new_database(server, f"copy_{next(NUMBERS)}", year_till))
    yield folder
    systems.down()


@pytest.fixture
def till(warehouse: Path) -> Till:
    """The warehouse's till."""
    del warehouse
    return Till(till_databases.configured().url)


@pytest.fixture
def unloaded(warehouse: Path) -> Path:
    """A copy with the grocer at the year's end and nothing in raw."""
    (warehouse / "raw.duckdb").unlink()
    shutil.rmtree(warehouse / "dlt")
    return warehouse
