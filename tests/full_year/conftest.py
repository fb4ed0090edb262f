"""What the full year's tests share: one read-only connection to what was built."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest


@pytest.fixture(scope="session")
def built(full_year: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The built year, read-only, with its raw file attached, because staging's views read it."""
    with duckdb.connect(str(full_year), read_only=True) as connection:
        connection.execute(f"attach '{full_year.with_name('raw.duckdb')}' as raw (read_only); set timezone = 'UTC'")
        yield connection
