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


@contextmanager
def connect(*, external_access: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only DuckDB connection to the version of `served/aisle.duckdb` that is published now; tables as `schema.table`.

    With `external_access=False` (for services) queries cannot reach files or the network, nor change the settings.
    UserError when nothing is published, or when the file is half-copied or written by a newer DuckDB.
    """
    path = settings.served_file()
    if not path.is_file():
        raise UserError(f"Nothing is published at {path}: run `make demo` (or `make publish` after a build).")
    with opened(path, "publish it again with `make publish`") as connection:
        if not external_access:
            connection.execute("set enable_external_access = false")
            connection.execute("set lock_configuration = true")
        yield connection
