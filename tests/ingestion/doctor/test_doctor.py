"""Faults that are seeded in real servers, files and folders: each is found by its name, and nothing else is."""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import boto3
import duckdb
import psycopg2
import pytest
from moto.server import ThreadedMotoServer

from ingestion import __main__, extensions
from ingestion.destinations import aws
from ingestion.grocer import systems, till_databases
from tests.ingestion.conftest import cluster

SECRET = "hush-hush"
DAY = date(2017, 1, 7)
Doctor = Callable[..., dict[str, str]]


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A warehouse with a grocer of a week that runs, and raw loaded. Tests change nothing in it but what they mend."""
    folder = tmp_path_factory.mktemp("healthy")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AISLE_WAREHOUSE", str(folder))
        systems.up(DAY, 20)
        assert __main__.main(["load", "--until", str(DAY), "--households", "20"]) == 0
        yield folder
        systems.down()


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[int, Path]]:
    """A PostgreSQL that wants passwords, refuses one user by pg_hba.conf, and has room for five sessions; the till's tables in `till`."""
    with cluster("scram-sha-256", SECRET, "-c max_connections=5 -c superuser_reserved_connections=1") as (port, folder):
        rules = folder / "pg_hba.conf"
        rules.write_text(f"host all refused 127.0.0.1/32 reject\n{rules.read_text()}")
        for database, statements in {
            "postgres": ["create database till", "create database empty", "select pg_reload_conf()"],
            "till": [
                *till_databases.TABLES.format(key="bigint").split(";")[:-1],
                *(f"create role {user} login password '{SECRET}'" for user in ("reader", "stranger", "refused", "full")),
                'grant select on all tables in schema public to reader, "full"',
            ],
        }.items():
            with closing(psycopg2.connect(postgres(port, "aisle", database))) as connection:
                connection.autocommit = True
                for statement in statements:
                    connection.cursor().execute(statement)
        yield port, folder


def postgres(port: int, user: str, database: str = "till", password: str = SECRET, rest: str = "") -> str:
    return f"postgresql://{user}:{password}@127.0.0.1:{port}/{database}{rest}"


@pytest.fixture
def doctor(healthy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Doctor:
    """Examine in an environment; gives the causes by system. What is told must hold a remedy for each, and no secret."""
    monkeypatch.setenv("AISLE_WAREHOUSE", str(healthy))
    for name in [name for name in os.environ if name.startswith("AISLE_ATHENA_")]:
        monkeypatch.delenv(name)

    def run(*arguments: str, **environment: str) -> dict[str, str]:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        capsys.readouterr()
        code = __main__.main(["doctor", "--json", *arguments])
        printed = capsys.readouterr().out
        found = [one for one in json.loads(printed) if one["verdict"] == "found"]
        assert code == bool(found)
        assert all(one["told"].endswith(".") and ": " in one["told"] for one in found)
        assert SECRET not in printed
        return {one["system"]: one["cause"] for one in found}

    return run


def test_nothing_is_wrong(doctor: Doctor, healthy: Path) -> None:
    def state() -> dict[str, int]:
        return {str(file): file.stat().st_mtime_ns for file in healthy.rglob("*") if file.name != "loyalty.log"}

    before = state()
    assert doctor() == {}
    assert state() == before


def test_nothing_is_there_yet(doctor: Doctor, tmp_path: Path) -> None:
    assert doctor(AISLE_WAREHOUSE=str(tmp_path / "new")) == {}
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("user", "database", "password", "rest", "cause"),
    [
        ("reader", "till", SECRET, "", None),
        ("reader", "till", "guess", "", "wrong-password"),
        ("reader", "nowhere", SECRET, "", "database-missing"),
        ("refused", "till", SECRET, "", "pg-hba"),
        ("stranger", "till", SECRET, "", "no-privilege"),
        ("reader", "empty", SECRET, "", "table-missing"),
        ("reader", "till", SECRET, "?sslmode=require", "tls-refused"),
    ],
)
def test_postgresql(
    server: tuple[int, Path], doctor: Doctor, user: str, database: str, password: str, rest: str, cause: str | None
) -> None:
    url = postgres(server[0], user, database, password, rest)
    assert doctor(SOURCES__POS__TILL_URL=url) == ({"till": cause} if cause else {})


def test_a_server_without_a_connection_left(server: tuple[int, Path], doctor: Doctor) -> None:
    url = postgres(server[0], "full")
    with ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(closing(psycopg2.connect(url)))
        assert doctor(SOURCES__POS__TILL_URL=url) == {"till": "server-full"}


def test_a_table_that_a_session_has_locked(server: tuple[int, Path], doctor: Doctor) -> None:
    with closing(psycopg2.connect(postgres(server[0], "aisle"))) as other:
        other.cursor().execute("lock table products in access exclusive mode")
        assert doctor(SOURCES__POS__TILL_URL=postgres(server[0], "reader")) == {"till": "table-locked"}


def test_a_wrong_port_and_something_else_on_it(doctor: Doctor) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert doctor(SOURCES__POS__TILL_URL=postgres(port, "reader")) == {"till": "wrong-port"}
    assert doctor(SOURCES__LOYALTY__BASE_URL=f"http://127.0.0.1:{port}", SOURCES__POS__TILL_URL="") == {"loyalty": "wrong-port"}


def test_a_name_that_nobody_has(doctor: Doctor) -> None:
    assert doctor(SOURCES__POS__TILL_URL=f"postgresql://reader:{SECRET}@no-such-host.invalid/till") == {"till": "name-unknown"}
    assert doctor(SOURCES__POS__TILL_URL=f"mysql://reader:{SECRET}@127.0.0.1/till") == {"till": "name-unknown"}


def test_what_listens_is_not_postgresql(doctor: Doctor) -> None:
    with answering({}) as port:
        assert doctor(SOURCES__POS__TILL_URL=postgres(port, "reader")) == {"till": "not-postgresql"}


def test_sqlite_is_locked_or_none_or_without_its_tables(doctor: Doctor, healthy: Path, tmp_path: Path) -> None:
    copy = shutil.copy(healthy / "grocer/till.sqlite", tmp_path / "till.sqlite")
    url = f"sqlite:///{copy}"
    code = f"import sqlite3; c = sqlite3.connect({str(copy)!r}); c.execute('begin exclusive'); print('held', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        assert doctor(SOURCES__POS__TILL_URL=url) == {"till": "sqlite-locked"}
        process.communicate("\n")
    assert doctor() == {}
    with closing(sqlite3.connect(copy)) as database:
        database.execute("drop table products")
        database.commit()
    assert doctor() == {"till": "table-missing"}
    Path(copy).write_text("not a database" * 1000)
    assert doctor() == {"till": "not-a-database"}
    Path(copy).unlink()
    assert doctor() == {"till": "file-missing"}


def test_a_secret_that_the_service_has_replaced(doctor: Doctor) -> None:
    assert doctor(SOURCES__LOYALTY__CLIENT_SECRET=SECRET) == {"loyalty": "secret-expired"}


@contextmanager
def answering(headers: dict[str, str], status: int = 200) -> Iterator[int]:
    """A server that gives a token and then its status, with these headers; its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = b'{"access_token": "token"}'
            self.send_response_only(200 if self.command == "POST" else status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 (the base class's name)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.mark.parametrize(("hours", "cause"), [(-3, "clock-skew"), (0, None)])
def test_a_clock_that_is_wrong(doctor: Doctor, hours: int, cause: str | None) -> None:
    moment = datetime.now(UTC) + timedelta(hours=hours)
    with answering({"Date": f"{moment:%a, %d %b %Y %H:%M:%S} GMT"}) as port:
        assert doctor(SOURCES__LOYALTY__BASE_URL=f"http://127.0.0.1:{port}") == ({"loyalty": cause} if cause else {})


@pytest.mark.parametrize(("status", "cause"), [(403, "no-privilege"), (404, "resource-missing")])
def test_a_service_that_does_not_give_what_is_read(doctor: Doctor, status: int, cause: str) -> None:
    with answering({}, status) as port:
        assert doctor(SOURCES__LOYALTY__BASE_URL=f"http://127.0.0.1:{port}") == {"loyalty": cause}


def test_tls_where_there_is_none(doctor: Doctor, healthy: Path) -> None:
    del healthy
    url = systems.running().loyalty_url.replace("http:", "https:")
    assert doctor(SOURCES__LOYALTY__BASE_URL=url) == {"loyalty": "tls-refused"}


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A bucket of moto's S3, and an environment that leads to it."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "somebody",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_CONFIG_FILE": os.devnull,
    }.items():
        monkeypatch.setenv(name, value)
    aws.client("s3").create_bucket(Bucket="drops")
    yield "s3://drops/weekly"
    server.stop()


def test_a_bucket_that_is_missing_and_credentials_that_are(doctor: Doctor, bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor(SOURCES__PROMOTIONS__DROPS=bucket) == {}
    assert doctor(SOURCES__PROMOTIONS__DROPS="s3://drop") == {"promotions": "bucket-missing"}
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it keeps the credentials that it has found
    assert doctor(SOURCES__PROMOTIONS__DROPS=bucket) == {"promotions": "credentials-missing"}


def test_athena_without_its_settings_or_its_bucket(doctor: Doctor, bucket: str) -> None:
    assert doctor("--to", "athena") == {"raw": "settings-missing"}
    place = bucket.rpartition("/")[0]
    lake = {"AISLE_ATHENA_RAW": place, "AISLE_ATHENA_RESULTS": place, "AISLE_ATHENA_SCHEMA": "aisle", "AISLE_ATHENA_WORKGROUP": "nobody"}
    assert doctor("--to", "athena", **lake) == {}
    assert doctor("--to", "athena", AISLE_ATHENA_RAW="s3://lake") == {"raw": "bucket-missing"}


def test_a_folder_of_drops_that_is_missing(doctor: Doctor, tmp_path: Path) -> None:
    assert doctor(SOURCES__PROMOTIONS__DROPS=str(tmp_path / "gone")) == {"promotions": "folder-missing"}


def test_raw_is_held_by_another_program(doctor: Doctor, healthy: Path) -> None:
    code = f"import duckdb; c = duckdb.connect({str(healthy / 'raw.duckdb')!r}); print('held', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        assert doctor() == {"raw": "raw-locked"}
        process.communicate("\n")
    code = (
        f"import fcntl; f = open({str(healthy / '.load.lock')!r}, 'w'); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); input()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        assert doctor() == {"raw": "load-running"}
        process.communicate("\n")


def test_versions_that_do_not_fit(doctor: Doctor, healthy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    shutil.copy(healthy / "raw.duckdb", folder)
    with duckdb.connect(str(folder / "raw.duckdb")) as connection:
        connection.execute("update raw_meta.format set version = 99")
    assert doctor(AISLE_WAREHOUSE=str(folder)) == {"raw": "version-mismatch"}
    (folder / "raw.duckdb").write_text("of another kind" * 1000)
    assert doctor() == {"raw": "version-mismatch"}
    (folder / "raw.duckdb").unlink()
    monkeypatch.setattr(extensions, "find_spec", lambda _: None)
    assert doctor() == {"machine": "version-mismatch"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 16 MB; skips where one may not be mounted."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)], check=False, capture_output=True)
    if mounted.returncode:
        pytest.skip("no file system may be mounted here: run the tests as root")
    yield folder
    subprocess.run(["/bin/umount", str(folder)], check=True)


def test_a_disk_that_is_nearly_full(doctor: Doctor, small_disk: Path) -> None:
    assert doctor(AISLE_WAREHOUSE=str(small_disk)) == {"raw": "disk-full"}


def test_what_is_told(doctor: Doctor, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor() == {}
    assert __main__.main(["doctor"]) == 0
    assert "All is well" in capsys.readouterr().out
    monkeypatch.setenv("SOURCES__PROMOTIONS__DROPS", "/nowhere/at/all")
    begun = time.monotonic()
    assert __main__.main(["doctor"]) == 1
    assert time.monotonic() - begun < 5
    told = capsys.readouterr().out
    assert "folder-missing (promotions): There is no folder /nowhere/at/all" in told
