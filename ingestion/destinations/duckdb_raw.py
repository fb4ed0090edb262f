"""Raw in a DuckDB file: `raw.duckdb` in the warehouse."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from ingestion import settings
from ingestion.connections import closing
from ingestion.errors import UserError
from ingestion.raw_meta import FORMAT, LOAD_ID, LOADS, RUNS, Clock, ResourceLoad, Run, SourceTotal, State, check_format

if TYPE_CHECKING:
    import dlt
    import pyarrow as pa

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
    create table if not exists raw_meta.{RUNS} (
        run_id varchar,
        command varchar,
        as_of_date date,
        started_at timestamp,
        ended_at timestamp,
        outcome varchar,
        error varchar
    );
    create table if not exists raw_meta.{LOADS} (
        run_id varchar,
        resource varchar,
        load_id varchar,
        rows_loaded bigint,
        rows_deleted bigint,
        rows_rejected bigint,
        bytes_loaded bigint,
        retries bigint,
        seconds double,
        first_at timestamp,
        last_at timestamp
    );
"""


class DuckDbRaw:
    """The file behind an open connection."""

    anew = ANEW

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def pipeline(self, system: str) -> "dlt.Pipeline":
        import dlt  # a second to import: readers of raw do without it

        from ingestion.destinations.duckdb import RawDuckDb

        # whole tables are replaced behind a staging table
        destination = RawDuckDb(credentials=str(settings.raw_file()), replace_strategy="insert-from-staging")
        return dlt.pipeline(system, pipelines_dir=str(settings.dlt_folder()), destination=destination, dataset_name=f"raw_{system}")

    def sweep(self, system: str) -> None:
        dataset = f"raw_{system}"
        tables = self._connection.execute(
            "select table_name from duckdb_columns() where schema_name = ? and column_name = ? and database_name = current_database()",
            [dataset, LOAD_ID],
        ).fetchall()
        for (table,) in tables:
            self._connection.execute(f'delete from {dataset}."{table}" where {LOAD_ID} not in (select load_id from {dataset}._dlt_loads)')

    def clock(self) -> Clock | None:
        row = self._connection.execute("select as_of, as_of_date, households, loaded_at from raw_meta.clock").fetchone()
        return Clock(*row) if row else None

    def counts(self, resources: Iterable[str]) -> dict[str, int]:
        present = tables(self._connection)
        return {
            resource: self._connection.execute(f"select count(*) from raw_{resource}").fetchone()[0] if f"raw_{resource}" in present else 0
            for resource in resources
        }

    def totals(self) -> dict[str, int]:
        """Rows of each resource in its source at the last complete load."""
        return dict(self._connection.execute("select resource, row_count from raw_meta.source_totals").fetchall())

    def keys(self, resource: str, key: str, cursor: str, since: Any) -> "pa.Table":
        return self._connection.execute(f'select "{key}" from raw_{resource} where "{cursor}" >= ?', [since]).to_arrow_table()

    def keep(self, resource: str, keys: "pa.Table") -> int:
        (key,) = keys.column_names
        self._connection.register("kept", keys)
        gone = self._connection.execute(f'delete from raw_{resource} where "{key}" not in (select "{key}" from kept)').fetchone()[0]
        self._connection.unregister("kept")
        return gone

    def brought(self, resource: str, load_id: str) -> int:
        return self._connection.execute(f"select count(*) from raw_{resource} where {LOAD_ID} = ?", [load_id]).fetchone()[0]

    def drop(self, resource: str) -> None:
        self._connection.execute(f"drop table if exists raw_{resource}")

    def note(self, run: Run, loads: Sequence[ResourceLoad] = ()) -> None:
        self._connection.begin()
        for table, rows in ((RUNS, [run]), (LOADS, loads)):
            self._connection.execute(f"delete from raw_meta.{table} where run_id = ?", [run.run_id])
            for row in rows:
                self._connection.execute(f"insert into raw_meta.{table} values ({', '.join('?' * len(fields(row)))})", astuple(row))
        self._connection.commit()

    def runs(self) -> list[Run]:
        return [Run(*row) for row in self._history(RUNS, "started_at desc, run_id")]

    def loads(self) -> list[ResourceLoad]:
        return [ResourceLoad(*row) for row in self._history(LOADS, "run_id, resource, load_id")]

    def _history(self, table: str, order: str) -> list[tuple]:
        if f"raw_meta.{table}" not in tables(self._connection):
            return []
        return self._connection.execute(f"from raw_meta.{table} order by {order}").fetchall()

    def forget_clock(self) -> None:
        self._connection.begin()
        self._connection.execute("delete from raw_meta.clock")
        self._connection.execute("delete from raw_meta.source_totals")
        self._connection.commit()

    def record(self, now: Clock, totals: Mapping[str, SourceTotal]) -> None:
        stand = [now.as_of, now.as_of_date, now.households]
        self._connection.begin()
        self._connection.execute("delete from raw_meta.clock")
        self._connection.execute("delete from raw_meta.source_totals")
        self._connection.execute("insert into raw_meta.clock values (?, ?, ?, ?)", [*stand, now.loaded_at])
        self._connection.executemany(
            "insert into raw_meta.source_totals values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [[resource, *stand, total.rows, *total.amounts] for resource, total in totals.items()],
        )
        self._connection.commit()


@contextmanager
def opened() -> Iterator[DuckDbRaw]:
    """The file open to write, made if it is not there; UserError when it is locked, not ours, or of another format."""
    path = settings.raw_file()
    if path.is_file():
        open_read_only(path).close()
    with closing(_connect(path, read_only=False)) as connection:
        connection.begin()
        connection.execute(TABLES)
        connection.commit()
        yield DuckDbRaw(connection)


def open_read_only(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection to an existing raw file that leaves it untouched; UserError as `opened`."""
    connection = _connect(path, read_only=True)
    try:
        if present := tables(connection):
            told = connection.execute("select max(version) from raw_meta.format").fetchone()[0] if "raw_meta.format" in present else None
            check_format(told or 0, path, ANEW)
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


def tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """`schema.table` of every table."""
    return {name for (name,) in connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()}


def state() -> State | None:
    """What the file holds; None before the first complete load."""
    path = settings.raw_file()
    if not path.is_file():
        return None
    with closing(open_read_only(path)) as connection:
        raw = DuckDbRaw(connection)
        if not tables(connection):
            return None
        last, totals = raw.clock(), raw.totals()
        return State(last, totals, raw.counts(totals), runs, raw.loads()) if (runs := raw.runs()) or last else None
