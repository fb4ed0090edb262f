"""Grocers that the tests of this folder share; each is stopped in the end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestion.grocer.systems import Grocer
from tests.ingestion.grocer.support import YEAR_END, Client, Home


@pytest.fixture(scope="session")
def year_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    home = Home(tmp_path_factory.mktemp("year"))
    yield home
    home.down()


@pytest.fixture(scope="session")
def year(year_home: Home) -> Grocer:
    """The first 100 households' whole year, running. Tests read it and never move it."""
    return year_home.up(YEAR_END)


@pytest.fixture(scope="session")
def client(year: Grocer) -> Client:
    return Client(year)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """An empty warehouse of the test's own."""
    home = Home(tmp_path)
    yield home
    home.down()
