"""Metrics of the lake, by Athena: what `dbt build --target athena` made, as the environment names it."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, ClassVar

import pyarrow as pa
import pyathena
from pyathena.connection import Connection
from pyathena.error import OperationalError

from ingestion.destinations import aws
from ingestion.errors import UserError
from serving.database import literal
from serving.engines import TooSlow, does_not_fit
from serving.queries import Value
from serving.semantics import NotUnderstood

PLACE = re.compile(r"\$(\w+)")
MISFITS = ("TYPE_MISMATCH", "INVALID_CAST_ARGUMENT", "INVALID_LITERAL", "NUMERIC_VALUE_OUT_OF_RANGE", "INVALID_FUNCTION_ARGUMENT")
ARROW = {
    "boolean": pa.bool_(),
    "tinyint": pa.int8(),
    "smallint": pa.int16(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "real": pa.float32(),
    "float": pa.float32(),
    "double": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}


@dataclass(frozen=True)
class Rows:
    """A result that was fetched: its rows, and its columns as PyAthena describes them."""

    description: list[tuple[Any, ...]]
    rows: list[tuple[Any, ...]]

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self.rows

    def to_arrow_table(self) -> pa.Table:
        columns = zip(*self.rows, strict=True) if self.rows else ([] for _ in self.description)
        names = [name for name, *_ in self.description]
        types = [_arrow(kind, precision, scale) for _, kind, _, _, precision, scale, _ in self.description]
        return pa.table([pa.array(column, kind) for column, kind in zip(columns, types, strict=True)], names=names)


@dataclass(frozen=True)
class Lake:
    """A connection to Athena's workgroup. It holds nothing open: each query is requests of its own."""

    connection: Connection[Any]
    athena: aws.Athena
    dialect: ClassVar[str] = "athena"

    @property
    def star(self) -> tuple[str, str]:
        """Catalog and database of what metrics read."""
        return aws.CATALOG, f"{self.athena.schema}_star"

    def run(self, sql: str, parameters: dict[str, Value], seconds: float, *, limit: int | None, offset: int) -> Rows:
        values = [_literal(parameters[name]) for name in PLACE.findall(sql)]
        page = f"\noffset {int(offset)} limit {int(limit)}" if limit is not None else ""
        return self._run(PLACE.sub("?", sql) + page, values, seconds)

    def changed_at(self) -> datetime:
        """When a table of the star was last committed (naive UTC); UserError when there is none."""
        _, database = self.star
        glue = aws.client("glue")
        with aws.refusals():
            try:
                pages = glue.get_paginator("get_tables").paginate(DatabaseName=database)
                moments = [table["UpdateTime"] for page in pages for table in page["TableList"] if "UpdateTime" in table]
            except glue.exceptions.EntityNotFoundException:
                moments = []
        if not moments:
            raise UserError(f"There are no tables in the database {database}: run `dbt build --target athena`.")
        return max(moments).astimezone(UTC).replace(tzinfo=None)

    def as_of_date(self) -> date:
        """The grocer's day of the last load that was built."""
        return self._run(f'select as_of_date from "{self.athena.schema}_staging"."stg_meta__clock"', [], 60).rows[0][0]

    def _run(self, sql: str, values: list[str], seconds: float) -> Rows:
        stopped = threading.Event()

        def started(query_id: str) -> None:
            stopper.args = (query_id,)
            stopper.start()

        def stop(query_id: str) -> None:
            stopped.set()
            aws.client("athena").stop_query_execution(QueryExecutionId=query_id)

        stopper = threading.Timer(seconds, stop)
        with aws.refusals(), self.connection.cursor() as cursor:
            try:
                cursor.execute(sql, values or None, paramstyle="qmark", on_start_query_execution=started)
                return Rows(cursor.description or [], cursor.fetchall())
            except OperationalError as error:
                if stopped.is_set():
                    raise TooSlow(seconds) from error
                if any(kind in str(error) for kind in MISFITS):
                    raise NotUnderstood(does_not_fit(" ".join(str(error).split()))) from error
                raise
            finally:
                stopper.cancel()


@contextmanager
def opened() -> Iterator[Lake]:
    """The lake of `AISLE_ATHENA_*`; UserError when these do not name one, or AWS refuses."""
    athena = aws.configured()
    with aws.refusals():
        aws.check(athena)
        connection = pyathena.connect(
            s3_staging_dir=f"{athena.results}/", work_group=athena.workgroup, catalog_name=aws.CATALOG, poll_interval=aws.POLL_SECONDS
        )
    try:
        yield Lake(connection, athena)
    finally:
        connection.close()


def _literal(value: Value) -> str:
    """An execution parameter: Athena reads each as a literal of its SQL, so text needs its quotes."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    return literal(value)


def _arrow(kind: str, precision: int, scale: int) -> pa.DataType:
    return pa.decimal128(precision, scale) if kind == "decimal" else ARROW.get(kind, pa.string())
