"""DuckDB connections that let go at once."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb


@contextmanager
def closing(connection: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """Close the connection in the end, which rolls back what is not committed.

    Ctrl-C ends the wait for a query and not the query: its threads go on, and closing or rolling back would wait for them. So whatever
    goes wrong, the query is interrupted first.
    """
    try:
        yield connection
    except BaseException:
        connection.interrupt()
        raise
    finally:
        connection.close()
