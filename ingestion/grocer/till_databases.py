"""The two databases that can hold the till, attached to DuckDB as `till` by the scanners of the lock."""

import os
import re
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import duckdb

from ingestion import extensions, settings
from ingestion.errors import UserError
from ingestion.extensions import literal

VARIABLE = "GROCER_TILL_URL"
CONNECT_SECONDS = 5
POSTGRES_URL = re.compile(r"postgres(ql)?://([^/?#]*@)?[^/?#@:]*(:\d{1,5})?(/[^?#]*)?(\?.*)?$")

LIBPQ_PREFIX = re.compile(r"^connection to server .* failed: (FATAL: +)?")
LOCKED = "database is locked"

TABLES = """
create table transactions (
    sequence {key} primary key,
    household_id bigint not null,
    store_id bigint not null,
    basket_id bigint not null,
    product_id bigint not null,
    quantity bigint not null,
    sales_value numeric(12, 2) not null,
    retail_disc numeric(12, 2) not null,
    coupon_disc numeric(12, 2) not null,
    coupon_match_disc numeric(12, 2) not null,
    week bigint not null,
    transaction_timestamp timestamp not null,
    recorded_at timestamp not null
);
create table products (
    product_id {key} primary key,
    manufacturer_id bigint,
    department text,
    brand text,
    product_category text,
    product_type text,
    package_size text,
    updated_at timestamp not null
);
create table grocer_clock (grocer_id text not null, until date not null);
"""
INDEXES = """
create index transactions_basket_id_product_id on transactions (basket_id, product_id);
create index transactions_recorded_at on transactions (recorded_at);
create index products_updated_at on products (updated_at);
"""


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All that is executed inside, or nothing: after an error it ends with the connection, not committed."""
    connection.execute("begin")
    yield
    connection.execute("commit")


@contextmanager
def not_in_use(database: "TillDatabase") -> Iterator[None]:
    """UserError when another program holds the SQLite file's lock."""
    try:
        yield
    except duckdb.Error as error:
        if LOCKED not in str(error):
            raise
        raise UserError(
            f"The till {place(database.url)} is in use by another program: close that and run the same command again."
        ) from None


class TillDatabase(ABC):
    """Where the till lies: `url` is what its clients connect to, as SQLAlchemy writes it."""

    url: str

    def exists(self) -> bool:
        """Whether there is a database to be asked; a server is thought to be there."""
        return True

    @abstractmethod
    def open(self, connection: duckdb.DuckDBPyConnection, grocer_id: str) -> date | None:
        """Attach the till; gives the last day that it holds, None when it is not this grocer's or not there."""

    @abstractmethod
    def new(self, connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """A context: an empty till attached, which takes the place of what was there when the context ends well."""


class SqliteTill(TillDatabase):
    """A file in the grocer's folder. A new one is filled aside and appears whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"sqlite:///{path.absolute()}"

    def exists(self) -> bool:
        return self.path.exists()

    def open(self, connection: duckdb.DuckDBPyConnection, grocer_id: str) -> date | None:
        extensions.load(connection, "sqlite_scanner")
        if not self.exists():
            return None
        try:
            _attach(connection, f"{literal(self.path)} as till (type sqlite)")
            return _filled_until(connection, grocer_id)
        except duckdb.Error as error:
            if LOCKED in str(error):
                raise
            return None  # not a till, or a broken one: it lies in our own folder and is made anew

    @contextmanager
    def new(self, connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
        aside = self.path.with_name(f"{self.path.name}.filling")
        _remove(aside)
        with closing(sqlite3.connect(aside)) as database:
            database.executescript(TABLES.format(key="integer"))
        _attach(connection, f"{literal(aside)} as till (type sqlite)")
        with transaction(connection):
            yield
        connection.execute("detach till")
        with closing(sqlite3.connect(aside)) as database:
            database.execute("pragma cache_size = -200000")
            database.executescript(INDEXES)
        _remove(self.path)
        aside.replace(self.path)


class PostgresTill(TillDatabase):
    """Tables in a PostgreSQL database that exists; a new till is made in one transaction."""

    def __init__(self, url: str) -> None:
        self.url = re.sub("^postgres:", "postgresql:", url)

    def open(self, connection: duckdb.DuckDBPyConnection, grocer_id: str) -> date | None:
        extensions.load(connection, "postgres_scanner")
        timeout = "" if "connect_timeout=" in self.url else f"{'&' if '?' in self.url else '?'}connect_timeout={CONNECT_SECONDS}"
        try:
            _attach(connection, f"{literal(self.url + timeout)} as till (type postgres)")
        except duckdb.Error as error:
            # DuckDB says which address, libpq which server: what is left is the reason, with hints in the lines below.
            said = str(error).partition(f'"{self.url}{timeout}": ')[2].splitlines() or [type(error).__name__]
            raise UserError(
                f"PostgreSQL at {place(self.url)} cannot be used ({LIBPQ_PREFIX.sub('', said[0])}): "
                f"start it, correct {VARIABLE}, or unset it to keep the till in SQLite."
            ) from None
        found = connection.execute("select table_name from duckdb_tables() where database_name = 'till' and schema_name = 'public'")
        tables = {name for (name,) in found.fetchall()}
        if "grocer_clock" in tables:
            return _filled_until(connection, grocer_id)
        if tables & {"transactions", "products"}:
            raise UserError(
                f"PostgreSQL at {place(self.url)} holds tables `transactions` or `products` that are not this project's: "
                f"name another database in {VARIABLE}."
            )
        return None

    @contextmanager
    def new(self, connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
        drop = "drop table if exists transactions, products, grocer_clock;"
        with transaction(connection):
            connection.execute(f"call postgres_execute('till', {literal(drop + TABLES.format(key='bigint'))})")
            yield
            connection.execute(f"call postgres_execute('till', {literal(INDEXES)})")


def configured() -> TillDatabase:
    """The database that `GROCER_TILL_URL` names, SQLite in the warehouse without it; UserError for any other kind of URL."""
    url = os.environ.get(VARIABLE)
    if not url:
        return SqliteTill(settings.grocer_folder() / "till.sqlite")
    if not POSTGRES_URL.match(url):
        raise UserError(f"{VARIABLE} is not a PostgreSQL address: write postgresql://user@host:port/database.")
    return PostgresTill(url)


def place(url: str) -> str:
    """What may be shown of a till's URL: everything but user and password."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return parts.path.removeprefix("/")
    return f"{parts.netloc.rpartition('@')[2] or 'the local socket'}{parts.path}"


def _attach(connection: duckdb.DuckDBPyConnection, what: str) -> None:
    connection.execute("detach database if exists till")
    connection.execute(f"attach {what}")


def _filled_until(connection: duckdb.DuckDBPyConnection, grocer_id: str) -> date | None:
    found = connection.execute(f"select max(until) from till.grocer_clock where grocer_id = {literal(grocer_id)}").fetchone()
    return found[0] if found else None


def _remove(database: Path) -> None:
    """Remove an SQLite file with its journal: a journal left behind would be played into the next file of the name."""
    for file in (database, database.with_name(f"{database.name}-journal")):
        file.unlink(missing_ok=True)
