"""Opening the project's DuckDB files: what can go wrong, told in one sentence.

Every file is attached to an in-memory database of its own. DuckDB keeps one instance a path and process, so a second
`duckdb.connect(path)` answers from the version that an earlier connection still holds; an attached file is opened anew each time.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from ingestion.errors import UserError


@contextmanager
def opened(path: Path, remedy: str, *, read_only: bool = True, name: str = "aisle") -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose default catalog `name` is the file at `path`, in UTC, closed at the end.

    `remedy` ends the sentence about a file that cannot be read, e.g. "publish it again with `make publish`".
    UserError when another program holds a lock, when the file is no DuckDB file or a newer DuckDB's, and, in the block as well,
    when a query reaches for a part that the file lacks.
    """
    connection = duckdb.connect(":memory:")
    try:
        attach(connection, path, remedy, read_only=read_only, name=name)
        connection.execute(f"use {name}")
        connection.execute("set TimeZone = 'UTC'")
        yield connection
    except duckdb.IOException as error:
        if "Could not read enough bytes" not in str(error):
            raise
        raise UserError(_sentence(path, str(error), remedy)) from error
    finally:
        connection.close()


def attach(connection: duckdb.DuckDBPyConnection, path: Path, remedy: str, *, read_only: bool = True, name: str = "aisle") -> None:
    """Attach the file at `path` as the catalog `name`; errors as in `opened`."""
    try:
        connection.execute(f"attach {literal(path)} as {name} (type duckdb{', read_only' if read_only else ''})")
    except duckdb.Error as error:
        raise UserError(_sentence(path, str(error), remedy)) from error


def literal(value: object) -> str:
    """`value` as a SQL string."""
    return "'" + str(value).replace("'", "''") + "'"


def quoted(*parts: str) -> str:
    """A qualified SQL identifier."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def one_line(error: Exception) -> str:
    """A DuckDB error without its kind, and without the excerpt of the query that follows an empty line."""
    text = re.sub(r"^([\w-]+ )+Error: ", "", str(error).strip().split("\n\n")[0])
    return " ".join(text.split()).rstrip(".!")


def _sentence(path: Path, error: str, remedy: str) -> str:
    if "lock" in error and "Could not set" in error:
        holder = re.search(r"held in (\S+) \(PID (\d+)\)", error)
        who = f"Another program ({Path(holder[1]).name}, process {holder[2]})" if holder else "Another program"
        return f"{who} has {path} open: wait until it has ended (or close it), then run the same command again."
    if "version number" in error:
        return (
            f"{path} was written by a newer DuckDB than this one ({duckdb.__version__}): update Aisle and run `make install`, or {remedy}."
        )
    return f"{path} cannot be read as a DuckDB file (half-copied, damaged or something else): {remedy}."
