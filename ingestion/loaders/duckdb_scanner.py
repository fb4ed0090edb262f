"""dlt's `sql_database` backend `duckdb_scanner`: DuckDB reads SQLite or PostgreSQL and writes Parquet, which dlt imports as a file.

Any other database that SQLAlchemy describes and connectorx reads goes the same way, its rows by connectorx.

Measured on 1.5 million rows: 1.3 times the time of DuckDB's own `create table as`; dlt's default backend takes 160 times.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dlt
import duckdb
import pyarrow as pa
import sqlalchemy as sa
from dlt.sources.sql_database import BaseTableLoader, register_table_loader_backend

from ingestion import extensions
from ingestion.errors import UserError
from ingestion.extensions import literal
from ingestion.loaders import counted, spanned, timed, types
from ingestion.loaders.fitting import Fit
from ingestion.schemas import Contract

Held = Callable[[Any], pa.Table]

BACKEND = "duckdb_scanner"
PARQUET = "format parquet, dictionary_size_limit 1000"  # larger dictionaries are built and then thrown away: a tenth of the time
ORIGIN = "origin"
NOT_AS_TEXT = ("blob", "time", "boolean", "double")  # what a cast of a database's own text would change
AS_THEY_ARE = (sa.Integer, sa.String)  # what connectorx reads of every database as DuckDB does
QUERIES = {"sqlite": "sqlite_query", "postgresql": "postgres_query"}
SCHEMAS = {"sqlite": "main", "postgresql": "public"}


@dataclass(frozen=True)
class Snapshot:
    """A database as it is at one moment, whatever others write meanwhile: one transaction for everything that is read of it."""

    dialect: str
    connection: duckdb.DuckDBPyConnection

    def rows(self, sql: str, *, whole: bool) -> str:
        """What stands in a FROM clause for the rows of `sql`: `whole` tables by the scanner's threads, a part as `answer`."""
        return f"({sql})" if whole else self.answer(sql)

    def answer(self, sql: str) -> str:
        """What stands in a FROM clause for the answer to `sql`, which the database itself plans, with its indexes."""
        return f"{QUERIES[self.dialect]}('{ORIGIN}', {literal(sql)})"

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of the database's own answer; SQLite's figures come as text."""
        return self.connection.execute(f"from {self.answer(sql)}").fetchall()


@dataclass(frozen=True)
class Fetched:
    """Any other database, whose answers connectorx fetches as Arrow tables; each answer is of its own moment."""

    dialect: str
    connection: duckdb.DuckDBPyConnection
    url: str

    def rows(self, sql: str, *, whole: bool) -> str:  # noqa: ARG002 (all of it is an answer)
        """What stands in a FROM clause for the rows of `sql`."""
        return self.answer(sql)

    def answer(self, sql: str) -> str:
        """The same; the rows are in memory until the next answer comes."""
        import connectorx  # half a second: only who has such a database waits for it

        self.connection.register("fetched", connectorx.read_sql(self.url, sql, return_type="arrow"))
        return "fetched"


class DuckDbScanner(BaseTableLoader):
    """Copies the rows beyond dlt's cursor.

    `backend_kwargs`: `contract` (columns and types), `folder` (for the file on its way), and if need be `snapshot` (of the table's
    database, where several tables are read as of one moment), `moment` (the column that tells when a row came), and for a range that goes
    back behind the cursor `held` (from the range's beginning to the keys that raw has: those rows are left out).
    """

    def load_rows(self, backend_kwargs: dict[str, Any] | None = None) -> Iterator[Any]:
        """Yield at most one file import; UserError when the table no longer keeps its contract or cannot be read."""
        kwargs = backend_kwargs or {}
        contract: Contract = kwargs["contract"]
        fit = Fit(contract.at(f"table {self.table.name}"), types.found(contract, {one.name: one.type for one in self.table.columns}))
        given = kwargs.get("snapshot")
        with (
            tempfile.TemporaryDirectory(prefix="copy-", dir=kwargs["folder"]) as folder,
            nullcontext(given) if given else snapshot(self.engine.url) as now,
        ):
            file = Path(folder) / f"{self.table.name}.parquet"
            yield from timed(self._import(fit, file, now, kwargs.get("moment"), kwargs.get("held")))

    def _import(self, fit: Fit, file: Path, now: Snapshot | Fetched, moment: str | None, held: Held | None) -> Iterator[Any]:
        with told(self.engine.url):
            self._check_values(fit, now)
            now.connection.execute(f"copy (select {fit.projection} from {self._rows(now, held)}) to {literal(file)} ({PARQUET})")
        fitted = fit.settled_file(file, file.parent)
        if fitted.rows:
            self._reached(now, file, moment)
        if fitted.rows or self.last_value is None:
            counted("bytes", file.stat().st_size)
            yield dlt.mark.with_file_import(str(fitted.path), "parquet", fitted.rows, hints=fitted.schema.empty_table())

    def _check_values(self, fit: Fit, now: Snapshot | Fetched) -> None:
        """UserError for a value that would be read as another one; a column that drifted is the fit's to judge."""
        contract = fit.contract
        kept = [column for column in contract.columns if column.name not in fit.drifts]
        if isinstance(now, Fetched):
            if unread := [column for column in kept if column.type in NOT_AS_TEXT or column.type.endswith("[]")]:
                raise UserError(
                    f"{contract.name}: {unread[0].name} is promised as {unread[0].type}, which connectorx does not read exactly: "
                    "load a view that casts it to text, and promise varchar."
                )
            return
        refusals = {column.name: sql for column in kept if (sql := types.refusal(column.name, column.type))}
        if not refusals or now.dialect != "postgresql":
            return
        names = " ".join(f"when {sql} then {literal(name)}" for name, sql in refusals.items())
        values = " ".join(f'when {sql} then cast("{name}" as text)' for name, sql in refusals.items())
        rows = f"({self.compile_query(self.make_query())}) as extracted where {' or '.join(refusals.values())} limit 1"
        for name, value in now.ask(f"select case {names} end as name, case {values} end as value from {rows}"):
            raise UserError(
                f"{contract.name}: {name} holds {value}, which no {contract.type_of(name)} of raw can hold: "
                "correct it in the source, then load again."
            )

    def _spelled(self, dialect: str) -> Any:
        """The range's query; of what connectorx would round or does not know, the text that the database writes."""
        query = self.make_query()
        if dialect in SCHEMAS:
            return query
        cells = (one if isinstance(one.type, AS_THEY_ARE) else sa.cast(one, sa.Text).label(one.name) for one in self.table.columns)
        return query.with_only_columns(*cells)

    def _reached(self, now: Snapshot | Fetched, file: Path, moment: str | None) -> None:
        """Move the cursor, and tell the moments that were fetched."""
        ends = {column: f'max("{column}"), min("{column}")' for column in (self.incremental and self.cursor_column.name, moment) if column}
        for column, sql in ends.items():
            last, first = now.connection.execute(f"select {sql} from read_parquet({literal(file)})").fetchone()
            if self.incremental and column == self.cursor_column.name:
                # a late row lies before what the cursor has reached
                self.incremental.advance(max(value for value in (self.incremental.get_state()["last_value"], last) if value is not None))
            if column == moment:
                spanned(first, last)

    def _rows(self, snapshot: Snapshot | Fetched, held: Held | None) -> str:
        """The range's rows for a FROM clause: a part of the table by the database, which has an index for it, all by the scanner's threads.

        SQLite would compare moments as text, and each of its writers spells them differently: there DuckDB compares.
        """
        query = self.compile_query(self._spelled(snapshot.dialect))
        textual = snapshot.dialect == "sqlite" and self.incremental and isinstance(self.cursor_column.type, sa.DateTime)
        rows = snapshot.rows(query, whole=self.last_value is None or bool(textual))
        if held is None or self.last_value is None:
            return rows
        keys = held(self.last_value)
        snapshot.connection.register("held", keys)
        return f"{rows} anti join held using ({', '.join(keys.column_names)})"


@contextmanager
def snapshot(url: sa.URL) -> Iterator[Snapshot | Fetched]:
    """The database at this moment; UserError when it cannot be read. Who writes to an SQLite file waits until the context ends.

    Databases that DuckDB has no scanner for are not held still: theirs is a `Fetched`.
    """
    dialect = url.get_backend_name()
    if dialect not in SCHEMAS:
        with told(url), duckdb.connect() as connection:
            yield Fetched(dialect, connection, url.set(drivername=dialect).render_as_string(hide_password=False))
        return
    with attached(url) as connection:
        connection.begin()
        yield Snapshot(dialect, connection)


@contextmanager
def attached(url: sa.URL) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB in memory whose current schema is the database's; UserError when it cannot be read, without its password."""
    dialect = url.get_backend_name()
    if dialect not in SCHEMAS:
        raise UserError(f"A {dialect} database cannot be loaded: give the URL of an SQLite or a PostgreSQL database.")
    with duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}) as connection:
        connection.execute("set preserve_insertion_order = false")
        with told(url):
            _attach(connection, url, dialect)
            yield connection


@contextmanager
def told(url: sa.URL) -> Iterator[None]:
    """UserError for what DuckDB cannot read, without the database's password."""
    try:
        yield
    except duckdb.Error as error:
        raise unreadable(url, error) from None


def _attach(connection: duckdb.DuckDBPyConnection, url: sa.URL, dialect: str) -> None:
    if dialect == "sqlite":
        extensions.load(connection, "sqlite_scanner")
        connection.execute(f"attach {literal(url.database)} as {ORIGIN} (type sqlite, read_only)")
    else:
        extensions.load(connection, "postgres_scanner")
        address = url.set(drivername=dialect).render_as_string(hide_password=False)
        connection.execute(f"attach {literal(address)} as {ORIGIN} (type postgres, read_only)")
    connection.execute(f"use {ORIGIN}.{SCHEMAS[dialect]}")


def unreadable(url: sa.URL, error: Exception) -> UserError:
    """One sentence for a database that does not answer; only the end of what the driver says, because it begins with the address."""
    said = [line for line in str(error).strip().splitlines() if line.strip(" ^") and not line.startswith(("LINE ", "* "))]
    reason = (said or [type(error).__name__])[-1]
    database = f"The database {url.render_as_string(hide_password=True)}"
    if isinstance(error, duckdb.DataError):
        return UserError(
            f"{database} holds a value that the type of its column cannot ({reason.partition(': ')[2].rstrip('.')}): "
            "mend the value or the column's type there, then load again."
        )
    return UserError(
        f"{database} cannot be read ({reason.rpartition(': ')[2]}): "
        "see that it runs and that its URL, user and password are right, then load again."
    )


register_table_loader_backend(BACKEND, DuckDbScanner)
