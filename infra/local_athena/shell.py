"""SQL through PyAthena: one statement, or a small shell."""

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

import pyathena
from botocore.exceptions import BotoCoreError, ClientError
from pyathena.connection import Connection

from infra.local_athena import clients, places
from infra.local_athena.state import State
from ingestion import console
from ingestion.errors import UserError

POLL_SECONDS = 0.05
PROMPT, CONTINUED = "athena> ", "   ...> "


def one(known: State, schema: str, statement: str) -> None:
    """Run a statement and print its rows; UserError when it fails."""
    with connected(known, schema) as connection:
        _show(connection, statement)


def interactive(known: State, schema: str) -> None:
    """Read statements up to their semicolons and show each one's rows or its error, until the input ends."""
    with connected(known, schema) as connection:
        for statement in _statements():
            try:
                _show(connection, statement)
            except UserError as error:
                sys.stderr.write(f"error: {error}\n")


def _statements() -> Iterator[str]:
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401 (gives input() its history)
    lines: list[str] = []
    with contextlib.suppress(EOFError):
        while True:
            lines.append(input((CONTINUED if lines else PROMPT) if sys.stdin.isatty() else ""))
            if lines[-1].rstrip().endswith(";"):
                yield "\n".join(lines)
                lines = []
    if "".join(lines).strip():
        yield "\n".join(lines)


def connected(known: State, schema: str) -> Connection[Any]:
    """A PyAthena connection to the local Athena."""
    return pyathena.connect(**clients.options(known), work_group=places.WORKGROUP, schema_name=schema, poll_interval=POLL_SECONDS)


def rows(connection: Connection[Any], statement: str) -> list[tuple[Any, ...]]:
    """A statement's rows, none for one without a result."""
    cursor = connection.cursor().execute(statement)
    return cursor.fetchall() if cursor.description else []


def _show(connection: Connection[Any], statement: str) -> None:
    cursor = connection.cursor()
    try:
        cursor.execute(statement)
        rows = cursor.fetchall() if cursor.description else []
    except pyathena.error.Error as error:
        raise UserError(_sentence(error)) from error
    except (ClientError, BotoCoreError) as error:
        raise UserError(_sentence(error)) from error
    if cursor.description and cursor.rowcount in (-1, None):
        names = [column[0] for column in cursor.description]
        console.table(names, [row if len(row) == len(names) else _cells(row[0], len(names)) for row in rows])
    else:
        console.stdout().print("Done." if cursor.rowcount in (-1, None) else f"{cursor.rowcount:,} rows.")


def _cells(line: str, count: int) -> list[str]:
    """DESCRIBE gives a line of text a row, whatever its columns."""
    return [cell.strip() for cell in line.split("\t")][:count]


def _sentence(error: Exception) -> str:
    """PyAthena wraps the service's own sentence in the name of the operation."""
    said = str(error.__cause__ or error).rsplit("operation: ", 1)[-1]
    return f"{said} Make the lake with `{places.COMMAND} lake`." if said.startswith("WorkGroup") else said
