"""The one way to open the served data for reading.

    from serving.reader import connect

    with connect() as connection:
        print(connection.sql("from serving.vw_household_spend limit 5"))

A connection keeps the version that was published when it was opened, however long it lives; the next one opens the newest.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from ingestion import settings
from ingestion.errors import UserError
from serving.database import opened

REMEDY = "publish it again with `make publish`"


@contextmanager
def connect(*, external_access: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only DuckDB connection to the version of `served/aisle.duckdb` that is published now; tables as `schema.table`.

    With `external_access=False` (for services) queries cannot reach files or the network, nor change the settings.
    UserError when nothing is published, or when the file is half-copied or written by a newer DuckDB.
    """
    path = settings.served_file()
    if not path.is_file():
        raise UserError(f"Nothing is published at {path}: run `make demo` (or `make publish` after a build).")
    size = path.stat().st_size
    with opened(path, REMEDY) as connection:
        # A new version may have taken the name since, hence the second look.
        if (needed := _bytes_in_use(connection)) > size and needed > path.stat().st_size:
            raise UserError(f"{path} is shorter than its contents (half-copied?): {REMEDY}.")
        if not external_access:
            connection.execute("set enable_external_access = false")
            connection.execute("set lock_configuration = true")
        yield connection


def _bytes_in_use(connection: duckdb.DuckDBPyConnection) -> int:
    """What the file holds at least: three headers of 4,096 bytes and the blocks in use. (Free blocks at its end may be cut off.)"""
    # A bound parameter would make duckdb import pandas: half a second.
    blocks = "select used_blocks * block_size from pragma_database_size() where database_name = 'aisle'"
    return 3 * 4096 + connection.execute(blocks).fetchone()[0]
