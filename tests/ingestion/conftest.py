"""Servers that tests of ingestion share."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest

SECONDS = 60


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL cluster of the tests' own: its URL without a database. Skips, with the reason, where there can be none."""
    programs = {name: _program(name) for name in ("initdb", "pg_ctl")}
    identity = _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="aisle-postgres-"))
    if identity:
        shutil.chown(folder, identity["user"], identity["group"])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(program: str, *arguments: str) -> None:
        command = [programs[program], "-D", str(folder / "cluster"), *arguments]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=folder, timeout=SECONDS, **identity)

    run("initdb", "-A", "trust", "-U", "aisle", "--no-sync")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    run("pg_ctl", "start", "-w", "-l", str(folder / "log"), "-o", options)
    try:
        yield f"postgresql://aisle@127.0.0.1:{port}"
    finally:
        run("pg_ctl", "stop", "-w", "-m", "immediate")
        shutil.rmtree(folder)


@pytest.fixture
def postgres(postgres_server: str, request: pytest.FixtureRequest) -> str:
    """The URL of an empty PostgreSQL database, new for each test."""
    return new_database(postgres_server, f"t{abs(hash(request.node.nodeid))}")


def new_database(server: str, name: str, template: str | None = None) -> str:
    """The URL of a database that did not exist: empty, or a copy of the one at the URL `template`."""
    copied = f" template {template.rpartition('/')[2]}" if template else ""
    with closing(psycopg2.connect(f"{server}/postgres")) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"create database {name}{copied}")
    return f"{server}/{name}"


def _program(name: str) -> str:
    found = shutil.which(name) or next((str(file) for file in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None)
    if found is None:
        pytest.skip(f"PostgreSQL's {name} is not installed")
    return found


def _unprivileged() -> dict[str, Any]:
    """How to run a program as somebody else than root, whom PostgreSQL refuses; nothing when we are not root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    for user in ("postgres", "nobody"):
        if user in names:
            return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
    return pytest.skip("PostgreSQL refuses root, and there is no other user to run it as")
