"""A database of their own for these tests, and one driver for all of them."""

from collections.abc import Iterator

import pytest

from tests.faults import trials
from tests.ingestion.conftest import postgres, postgres_server  # noqa: F401 (fixtures)


@pytest.fixture(scope="session")
def driver() -> Iterator[trials.Driver]:
    """The process that loads and is killed."""
    with trials.driver() as process:
        yield process
