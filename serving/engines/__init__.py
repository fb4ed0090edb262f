"""Where metrics are computed: in the published file by DuckDB, or in the lake by Athena. Each runs MetricFlow's SQL in its dialect."""

from typing import Any, Protocol

import pyarrow as pa

from ingestion.errors import UserError
from serving.queries import Value


class TooSlow(UserError):  # noqa: N818
    """A query that took longer than it may."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"The query took longer than {seconds:g} seconds and was stopped: ask for less time or fewer dimensions.")


class Found(Protocol):
    """A statement's result, to be fetched once."""

    def fetchall(self) -> list[tuple[Any, ...]]: ...

    def to_arrow_table(self) -> pa.Table: ...


class Engine(Protocol):
    """Runs a SELECT; `$name` in it stands for the parameter of that name. Safe to share between threads."""

    dialect: str

    def run(self, sql: str, parameters: dict[str, Value], seconds: float, *, limit: int | None, offset: int) -> Found:
        """The result, from `offset` and at most `limit` rows. NotUnderstood, TooSlow, or what the engine says as UserError."""


def does_not_fit(reason: str) -> str:
    """The sentence about a value that the engine cannot compare with its field."""
    return f"A value does not fit its field ({reason[:200]}): dates are written 2017-06-30."
