"""What raw knows of itself: its format, the clock that it stands at, and what the sources said they held then."""

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from ingestion.errors import UserError

FORMAT = 1
ANEW = "start anew with `make reset load`"
TABLES = f"""
    create schema if not exists raw_meta;
    create table if not exists raw_meta.format as select {FORMAT}::integer as version;
    create table if not exists raw_meta.clock (as_of timestamp, as_of_date date, households bigint, loaded_at timestamp);
    create table if not exists raw_meta.source_totals (
        resource varchar,
        as_of timestamp,
        as_of_date date,
        households bigint,
        row_count bigint,
        sales_amount decimal(18, 2),
        retail_discount_amount decimal(18, 2),
        coupon_discount_amount decimal(18, 2),
        coupon_match_discount_amount decimal(18, 2)
    );
"""


@dataclass(frozen=True)
class Clock:
    """Where the sources stood: naive UTC cutoff, local day, number of households (None: all), and when they were loaded (naive UTC)."""

    as_of: datetime
    as_of_date: date
    households: int | None
    loaded_at: datetime


@dataclass(frozen=True)
class SourceTotal:
    """What a source says it holds of one resource; the amounts, in dollars, are the till's four in its order."""

    rows: int
    amounts: tuple[Decimal | None, ...] = (None,) * 4


@dataclass(frozen=True)
class State:
    """Raw after its last complete load: rows of each resource in its source then, and in raw now."""

    clock: Clock
    totals: dict[str, int]
    counts: dict[str, int]


def open_raw(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection that may write, the file made if it is not there; UserError when it is locked, not ours, or of another format."""
    if path.is_file():
        open_read_only(path).close()
    connection = _connect(path, read_only=False)
    connection.begin()
    connection.execute(TABLES)
    connection.commit()
    return connection


def open_read_only(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection to an existing raw file that leaves it untouched; UserError as `open_raw`."""
    connection = _connect(path, read_only=True)
    try:
        _check_format(connection, path)
    except UserError:
        connection.close()
        raise
    return connection


def _connect(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(path), read_only=read_only)
    except duckdb.Error as error:
        if "lock" in str(error):
            raise UserError(f"Another program has {path} open: end it (a build, a load, a shell?), then run the command again.") from None
        raise UserError(f"{path} cannot be read as a file of DuckDB {duckdb.__version__}: move it away, or {ANEW}.") from None


def _check_format(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    tables = _tables(connection)
    if not tables:
        return
    version = connection.execute("select max(version) from raw_meta.format").fetchone()[0] if "raw_meta.format" in tables else None
    if version is None or version < FORMAT:
        raise UserError(f"{path} was made by an older version of Aisle (format {version or 0}, now {FORMAT}): {ANEW}.")
    if version > FORMAT:
        raise UserError(f"{path} was made by a newer version of Aisle (format {version}, here {FORMAT}): update Aisle, or {ANEW}.")


def _tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {name for (name,) in connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()}


def state(path: Path) -> State | None:
    """What raw holds; None before the first complete load."""
    if not path.is_file():
        return None
    with closing(open_read_only(path)) as connection:
        last = clock(connection) if _tables(connection) else None
        if last is None:
            return None
        totals = dict(connection.execute("select resource, row_count from raw_meta.source_totals").fetchall())
        return State(last, totals, row_counts(connection, totals))


def clock(connection: duckdb.DuckDBPyConnection) -> Clock | None:
    """The clock of the last complete load; None before the first."""
    row = connection.execute("select as_of, as_of_date, households, loaded_at from raw_meta.clock").fetchone()
    return Clock(*row) if row else None


def check_forward(last: Clock | None, until: date, households: int | None) -> None:
    """UserError when raw already holds a later day or other households: it only ever grows."""
    if last and last.households != households:
        held = "all households" if last.households is None else f"the first {last.households} households"
        raise UserError(f"Raw holds {held}: load the same ones again, or {ANEW}.")
    if last and last.as_of_date > until:
        raise UserError(f"Raw already stands at {last.as_of_date}, after {until}: choose a later day, or {ANEW}.")


def row_counts(connection: duckdb.DuckDBPyConnection, resources: Iterable[str]) -> dict[str, int]:
    """Rows of each resource (`pos.transactions`, …) in raw now; 0 for a table that is not there."""
    tables = _tables(connection)
    return {
        resource: connection.execute(f"select count(*) from raw_{resource}").fetchone()[0] if f"raw_{resource}" in tables else 0
        for resource in resources
    }


def reconcile(totals: Mapping[str, SourceTotal], counts: Mapping[str, int]) -> None:
    """UserError that names each resource whose rows in raw are not as many as in its source."""
    wrong = [
        f"{resource} has {total.rows:,} rows in its source and {counts[resource]:,} in raw"
        for resource, total in totals.items()
        if total.rows != counts[resource]
    ]
    if wrong:
        raise UserError(f"Raw does not hold what the sources hold: {'; '.join(wrong)}. Its clock was not moved: {ANEW}.")


def record(connection: duckdb.DuckDBPyConnection, now: Clock, totals: Mapping[str, SourceTotal]) -> None:
    """Replace clock and source totals in one transaction: a reader sees the old pair or the new one."""
    stand = [now.as_of, now.as_of_date, now.households]
    connection.begin()
    connection.execute("delete from raw_meta.clock")
    connection.execute("delete from raw_meta.source_totals")
    connection.execute("insert into raw_meta.clock values (?, ?, ?, ?)", [*stand, now.loaded_at])
    connection.executemany(
        "insert into raw_meta.source_totals values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [[resource, *stand, total.rows, *total.amounts] for resource, total in totals.items()],
    )
    connection.commit()
