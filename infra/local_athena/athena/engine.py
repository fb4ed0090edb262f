"""Statements on Trino: what it answers, and its errors in Athena's words."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import requests
import trino

from infra.local_athena import places, state, systems, trino_server
from infra.local_athena.athena.errors import QueryCancelledError, QueryError
from infra.local_athena.trino_server import HIVE

WRITES = ("INSERT", "MERGE", "UPDATE", "DELETE", "CREATE TABLE")
OVER_LIMIT = "Query cancelled! : Bytes scanned limit was exceeded"


Column = dict[str, Any]  # as Trino's protocol describes it


@dataclass
class Answer:
    """What Trino gave: columns, rows as JSON values unless they were taken as they came, and how many rows a write changed."""

    columns: list[Column]
    rows: list[list[Any]]
    update_count: int | None = None


@dataclass
class Engine:
    """Trino for one query: its database, its limit in bytes, and what it has read so far. `cancel` may come from another thread."""

    database: str
    bytes_limit: int | None = None
    scanned_bytes: int = 0
    _running: trino.dbapi.Cursor | None = None
    _cancelled: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(
        self,
        sql: str,
        session: dict[str, str] | None = None,
        take: Callable[[list[Column], Iterator[list[Any]]], None] | None = None,
    ) -> Answer:
        """Run one statement; `take` gets the rows as they come, and the answer has none then.

        QueryError when Trino refuses it or is gone; QueryCancelledError after `cancel`, or over the limit.
        """
        known = _living_trino()
        properties = dict(session or {})
        if self.bytes_limit:
            properties["query_max_scan_physical_bytes"] = f"{self.bytes_limit}B"
        connection = trino.dbapi.connect(
            host=places.HOST,
            port=known.trino_port,
            user="athena",
            http_scheme="http",
            catalog=HIVE,
            schema=self.database,
            timezone="UTC",
            source="local-athena",
            legacy_primitive_types=True,
            session_properties=properties,
        )
        cursor = connection.cursor()
        with self._lock:
            self._refuse_cancelled()
            self._running = cursor
        try:
            cursor.execute(sql)
            columns = cursor._query.columns or []
            rows = take(columns, iter(cursor.fetchone, None)) or [] if take else cursor.fetchall()
        except trino.exceptions.TrinoQueryError as error:
            self._refuse_cancelled()
            if error.error_name == "EXCEEDED_SCAN_LIMIT":
                raise QueryCancelledError(OVER_LIMIT) from error
            raise QueryError(error.error_name or "GENERIC_INTERNAL_ERROR", error.message) from error
        except (requests.RequestException, trino.exceptions.Error, trino.exceptions.HttpError) as error:
            self._refuse_cancelled()
            raise QueryError("GENERIC_INTERNAL_ERROR", _gone(f"Trino broke off while it ran the query ({type(error).__name__})")) from error
        finally:
            with self._lock:
                self._running = None
        self._refuse_cancelled()
        self.scanned_bytes += (cursor.stats or {}).get("physicalInputBytes", 0)
        if cursor.update_type in WRITES:
            return Answer(columns, [], cursor.rowcount)
        if self.bytes_limit and self.scanned_bytes > self.bytes_limit:  # Trino looks once a second: a quick query ends before
            raise QueryCancelledError(OVER_LIMIT)
        return Answer(columns, rows)

    def columns_of(self, query: str) -> list[dict[str, Any]]:
        """The columns that a query would give, without running it."""
        return self.run(f"select * from ({query}\n) limit 0").columns

    def cancel(self) -> None:
        """Stop what runs; nothing more will run."""
        with self._lock:
            self._cancelled = True
            if self._running is not None:
                self._running.cancel()

    def _refuse_cancelled(self) -> None:
        if self._cancelled:
            raise QueryCancelledError("Query was cancelled by the user.")


def _living_trino() -> state.State:
    """The state of the Trino that is ours and answers; QueryError without one."""
    known = state.read()
    if known is None or not trino_server.answers(known):
        raise QueryError("GENERIC_INTERNAL_ERROR", _gone("Trino does not answer"))
    return known


def _gone(what: str) -> str:
    if trino_server.PART.process_id() is None:
        return f"{what}: it has ended ({systems.last_words(trino_server.PART)}). {systems.REMEDY.capitalize()}."
    return f"{what}. Look at `{places.COMMAND} status`."
