"""dlt's `sql_database` backend `duckdb_scanner`: DuckDB reads SQLite or PostgreSQL and writes Parquet, which dlt imports as a file.

Measured on 1.5 million rows: 1.3 times the time of DuckDB's own `create table as`; dlt's default backend takes 160 times.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dlt
import duckdb
import sqlalchemy as sa
from dlt.sources.sql_database import BaseTableLoader, register_table_loader_backend

from ingestion import extensions
from ingestion.errors import UserError
from ingestion.extensions import literal
from ingestion.loaders import timed
from ingestion.loaders.fitting import Fit
from ingestion.schemas import Contract

BACKEND = "duckdb_scanner"
PARQUET = "format parquet, dictionary_size_limit 1000"  # larger dictionaries are built and then thrown away: a tenth of the time
SCHEMAS = {"sqlite": "main", "postgresql": "public"}


class DuckDbScanner(BaseTableLoader):
    """Copies the rows beyond dlt's cursor; `backend_kwargs`: `contract` (columns and types), `folder` (for the file on its way)."""

    def load_rows(self, backend_kwargs: dict[str, Any] | None = None) -> Iterator[Any]:
        """Yield at most one file import; UserError when the table no longer keeps its contract or cannot be read."""
        kwargs = backend_kwargs or {}
        contract: Contract = kwargs["contract"]
        fit = Fit(contract.at(f"table {self.table.name}"), {column.name: type_name(column.type) for column in self.table.columns})
        with tempfile.TemporaryDirectory(prefix="copy-", dir=kwargs["folder"]) as folder:
            yield from timed(self._import(fit, Path(folder) / f"{self.table.name}.parquet"))

    def _import(self, fit: Fit, file: Path) -> Iterator[Any]:
        if self.last_value is not None and self.range_start == "open" and not self._any_rows():
            return
        with attached(self.engine.url) as connection:
            connection.execute(
                f"copy (select {fit.projection} from ({self.compile_query(self.make_query())})) to {literal(file)} ({PARQUET})"
            )
            fitted = fit.settled_file(file, file.parent)
            if self.incremental and fitted.rows:
                top = f'select max("{self.cursor_column.name}") from read_parquet({literal(file)})'
                self.incremental.advance(connection.execute(top).fetchone()[0])
        yield dlt.mark.with_file_import(str(fitted.path), "parquet", fitted.rows, hints=fitted.schema.empty_table())

    def _any_rows(self) -> bool:
        """Whether an open range holds a row (a closed one always does): asked of the database itself, which has an index for it."""
        with self.engine.connect() as connection:
            return connection.execute(sa.select(sa.exists(self.make_query()))).scalar_one()


@contextmanager
def attached(url: sa.URL) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB in memory whose current schema is the database's; UserError when it cannot be read, without its password."""
    dialect = url.get_backend_name()
    if dialect not in SCHEMAS:
        raise UserError(f"A {dialect} database cannot be loaded: give the URL of an SQLite or a PostgreSQL database.")
    with duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}) as connection:
        connection.execute("set preserve_insertion_order = false")
        try:
            _attach(connection, url, dialect)
            yield connection
        except duckdb.Error as error:
            raise unreadable(url, error) from None


def _attach(connection: duckdb.DuckDBPyConnection, url: sa.URL, dialect: str) -> None:
    if dialect == "sqlite":
        extensions.load(connection, "sqlite_scanner")
        connection.execute(f"attach {literal(url.database)} as origin (type sqlite, read_only)")
    else:
        extensions.load(connection, "postgres_scanner")
        address = url.set(drivername=dialect).render_as_string(hide_password=False)
        connection.execute(f"attach {literal(address)} as origin (type postgres, read_only)")
    connection.execute(f"use origin.{SCHEMAS[dialect]}")


def unreadable(url: sa.URL, error: Exception) -> UserError:
    """One sentence for a database that does not answer; only the end of what the driver says, because it begins with the address."""
    reason = (str(error).strip().splitlines() or [type(error).__name__])[-1].rpartition(": ")[2]
    return UserError(
        f"The database {url.render_as_string(hide_password=True)} cannot be read ({reason}): "
        "see that it runs and that its URL, user and password are right, then load again."
    )


def type_name(sql: sa.types.TypeEngine[Any]) -> str:
    """The contract's name of a reflected column type."""
    names: list[tuple[type, str]] = [(sa.Integer, "bigint"), (sa.Float, "double"), (sa.String, "varchar"), (sa.Date, "date")]
    for kind, name in names:
        if isinstance(sql, kind):
            return name
    if isinstance(sql, sa.Numeric):
        return f"decimal({sql.precision},{sql.scale})"
    if isinstance(sql, sa.DateTime):
        return "timestamp with time zone" if sql.timezone else "timestamp"
    return str(sql).lower()


register_table_loader_backend(BACKEND, DuckDbScanner)
