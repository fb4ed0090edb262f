"""The till database: PostgreSQL by its own protocol, SQLite as a file."""

import os
import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg2
import sqlalchemy as sa

from ingestion.doctor import SECONDS, Patient, Skipped, Trouble
from ingestion.doctor.network import agreeing, answering, resolved
from ingestion.schemas import contracts

SETTING = "GROCER_TILL_URL or SOURCES__POS__TILL_URL"
TABLES = tuple(contracts("pos"))
OLDEST = 120000
DEFAULT_PORT = 5432
ASK_FOR_TLS = bytes.fromhex("0000000804d2162f")  # PostgreSQL's protocol, message SSLRequest
WANTS_TLS = ("require", "verify-ca", "verify-full")
# libpq gives no SQLSTATE for what is refused before a session: only these words.
REFUSALS = {
    r"password authentication failed": ("wrong-password", "does not know the user with this password: correct it in {setting}"),
    r"no password supplied": ("wrong-password", "asks for a password, and none is given: put it into {setting}, or into ~/.pgpass"),
    r"pg_hba\.conf|no encryption": ("pg-hba", "does not let this machine in as this user: have its pg_hba.conf allow it"),
    r'database ".*" does not exist': ("database-missing", "has no such database: create it, or correct {setting}"),
    r'role ".*" does not exist': ("user-missing", "has no such user: create it, or correct {setting}"),
    r"too many clients|connection slots": ("server-full", "has no connection left: end some, or raise its max_connections"),
    r"not permitted to log in|permission denied for database": ("no-privilege", "lets this user not in: grant LOGIN and CONNECT"),
    r"starting up|shutting down|recovery": ("server-starting", "is starting or stopping: wait a moment, then examine again"),
    r"certificate|SSL|TLS": ("tls-refused", "has no certificate that is trusted here: see sslmode and sslrootcert in {setting}"),
}


def patient(url: str) -> Patient:
    """The till at a URL as SQLAlchemy writes it."""
    address = sa.make_url(url)
    dialect = address.get_backend_name()
    if dialect == "sqlite":
        return Patient("till", SqliteTill(Path(address.database or "")).checks())
    if dialect == "postgresql":
        return Patient("till", PostgresTill(address).checks())
    return Patient("till", {"name": lambda: _unknown(dialect)})


def _unknown(dialect: str) -> str:
    raise Trouble("name-unknown", f"A {dialect} database is no till: give the URL of an SQLite or a PostgreSQL database in {SETTING}.")


class PostgresTill:
    """Checks of a server; each opens a session of its own, which reads only."""

    def __init__(self, url: sa.URL) -> None:
        self._url = url.set(drivername="postgresql")
        self._host, self._port = url.host, url.port or DEFAULT_PORT
        self._place = f"PostgreSQL at {url.host or 'the local socket'}:{self._port}"

    def checks(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "port": self.port,
            "TLS": self.tls,
            "login": self.login,
            "permission": self.permission,
            "schema": self.schema,
            "lock": self.lock,
            "clock": self.clock,
            "version": self.version,
        }

    def name(self) -> str:
        return resolved(self._reached(), SETTING)

    def port(self) -> str:
        return answering(self._reached(), self._port, f"start PostgreSQL, or correct the port in {SETTING}")

    def tls(self) -> str:
        said = b""
        with socket.create_connection((self._reached(), self._port), SECONDS) as connection:
            connection.sendall(ASK_FOR_TLS)
            with suppress(OSError):
                said = connection.recv(1)
        wanted = str(self._url.query.get("sslmode", ""))
        if said not in (b"S", b"N"):
            raise Trouble("not-postgresql", f"What listens on port {self._port} of {self._host} is not PostgreSQL: correct {SETTING}.")
        if said == b"N" and wanted in WANTS_TLS:
            raise Trouble("tls-refused", f"{self._place} has no TLS, and sslmode={wanted} asks for it: have it turned on, or ask for less.")
        if said == b"N":
            raise Skipped("the server has none, and none is asked for")
        return "offered"

    def _reached(self) -> str:
        if not self._host or self._host.startswith("/"):
            raise Skipped("a socket of this machine")
        return self._host

    def login(self) -> str:
        with self._session() as session:
            return f"as {_one(session, 'select current_user')}"

    def permission(self) -> str:
        with self._session() as session:
            for table in TABLES:
                if _one(session, "select has_table_privilege(to_regclass(%s), 'select')", table) is False:
                    user = _one(session, "select current_user")
                    raise Trouble("no-privilege", f"{user} may not read {table}: grant it with `grant select on {table} to {user}`.")
        return "may read"

    def schema(self) -> str:
        with self._session() as session:
            return _complete({table for table in TABLES if _one(session, "select to_regclass(%s)", table)}, self._place)

    def lock(self) -> str:
        held = (
            "select pid from pg_locks where granted and mode = 'AccessExclusiveLock' and pid <> pg_backend_pid() "
            "and relation in (select to_regclass(name) from unnest(%s) as tables (name))"
        )
        with self._session() as session:
            if pid := _one(session, held, list(TABLES)):
                raise Trouble("table-locked", f"Session {pid} of {self._place} has locked a table of the till: let it end, or end it.")
        return "free"

    def clock(self) -> str:
        with self._session() as session:
            return agreeing(float(_one(session, "select extract(epoch from clock_timestamp())")), self._place)

    def version(self) -> str:
        with self._session() as session:
            number = int(_one(session, "select current_setting('server_version_num')"))
        if number < OLDEST:
            raise Trouble("version-mismatch", f"{self._place} is version {number // 10000}: Aisle reads 12 and later.")
        return f"PostgreSQL {number // 10000}"

    @contextmanager
    def _session(self) -> Iterator[Any]:
        try:
            connection = psycopg2.connect(self._url.render_as_string(hide_password=False), connect_timeout=SECONDS)
        except psycopg2.OperationalError as error:
            for words, (cause, told) in REFUSALS.items():
                if re.search(words, str(error)):
                    raise Trouble(cause, f"{self._place} {told.format(setting=SETTING)}.") from None
            reason = (str(error).strip().splitlines() or ["no reason given"])[0].rpartition(": ")[2]
            raise Trouble("login-refused", f"{self._place} refuses the login ({reason}): correct {SETTING}.") from None
        with closing(connection):
            connection.set_session(readonly=True, autocommit=True)
            yield connection


def _one(session: Any, sql: str, *values: Any) -> Any:
    with session.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    return row and row[0]


def _complete(found: set[str], place: str) -> str:
    if missing := [table for table in TABLES if table not in found]:
        raise Trouble("table-missing", f"{place} has no table {missing[0]}: point {SETTING} at the till, or have its owner restore it.")
    return f"{len(TABLES)} tables"


class SqliteTill:
    """Checks of a file; it is opened read-only."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def checks(self) -> dict[str, Any]:
        return {"name": self.name, "permission": self.permission, "schema": self.schema, "lock": self.lock}

    def name(self) -> str:
        if not self._path.is_file():
            raise Trouble("file-missing", f"There is no till at {self._path}: bring it up with `python -m ingestion grocer up`.")
        return str(self._path)

    def permission(self) -> str:
        if not os.access(self._path, os.R_OK):
            raise Trouble("no-privilege", f"{self._path} may not be read by this user: change its mode or its owner.")
        return "may read"

    def schema(self) -> str:
        try:
            return _complete(self._tables(), str(self._path))
        except sqlite3.DatabaseError as error:
            if "locked" in str(error):
                raise Skipped("cannot be seen while it is locked") from None
            raise Trouble("not-a-database", f"{self._path} is no SQLite database ({error}): restore it, or bring it up anew.") from None

    def lock(self) -> str:
        try:
            self._tables()
        except sqlite3.OperationalError:
            raise Trouble("sqlite-locked", f"Another program has locked {self._path}: end it, or wait until it has written.") from None
        return "free"

    def _tables(self) -> set[str]:
        with closing(sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True, timeout=0)) as database:
            return {name for (name,) in database.execute("select name from sqlite_master where type = 'table'")}
