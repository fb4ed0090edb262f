"""A local Athena for tests, started by the command that users run, one for the whole session whoever asks for it.

A folder's conftest.py says `from tests.local_athena import local_athena  # noqa: F401`, and its tests take the fixture.
"""

import json
import os
import shutil
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3
import pyathena
import pytest

from infra.local_athena import clients, install, java
from ingestion.errors import UserError
from tests.support import ROOT

SHARED = pytest.StashKey["LocalAthena"]()
COMMAND = (sys.executable, "-m", "infra.local_athena")
UP_SECONDS = 240


class LocalAthena:
    """A local Athena of its own warehouse folder, with the lake's buckets and workgroup."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._exports: dict[str, str] = {}
        self._connections = threading.local()

    def start(self) -> None:
        """Start what does not run, and make the lake."""
        told = self.run("up").stdout.splitlines()
        self._exports = dict(line.removeprefix("export ").split("=", 1) for line in told if line.startswith("export "))
        self.run("lake")

    def stop(self) -> None:
        self.run("down")

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """`python -m infra.local_athena …`; a failure shows what it printed."""
        done = subprocess.run(
            [*COMMAND, *arguments], cwd=ROOT, env=self.environment(), capture_output=True, text=True, timeout=UP_SECONDS, check=False
        )
        if check and done.returncode:
            raise AssertionError(f"{' '.join(arguments)} exited {done.returncode}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done

    def environment(self) -> dict[str, str]:
        """The process environment that points AWS clients, and the project's commands, at this local Athena."""
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "AISLE_ATHENA_"))}
        return inherited | self._exports | {"AISLE_WAREHOUSE": str(self.folder), "NO_COLOR": "1"}

    def state(self) -> dict[str, Any]:
        """Its state file: ports and identity."""
        return json.loads((self.folder / "local_athena" / "state.json").read_text())

    def client(self, service: str, **options: Any) -> Any:
        """A boto3 client of it."""
        return boto3.session.Session().client(service, **self._credentials() | options)

    def sql(self, statement: str, database: str = "default", parameters: list[str] | None = None) -> list[tuple[Any, ...]]:
        """Run a statement through PyAthena; its rows with Python's types, none for a statement without a result."""
        with self.connection(database).cursor() as cursor:
            cursor.execute(statement, parameters, paramstyle="qmark" if parameters else None)
            return cursor.fetchall() if cursor.description else []

    def connection(self, database: str = "default") -> Any:
        """A PyAthena connection: this thread's own, since a new one costs more than most statements."""
        known = self._connections.__dict__.setdefault(self._exports["AWS_ENDPOINT_URL"], {})
        if database not in known:
            options = {"work_group": self._exports["AISLE_ATHENA_WORKGROUP"], "schema_name": database, "poll_interval": 0.05}
            known[database] = pyathena.connect(**self._credentials(), **options)
        return known[database]

    def _credentials(self) -> dict[str, str]:
        return {
            "endpoint_url": self._exports["AWS_ENDPOINT_URL"],
            "aws_access_key_id": self._exports["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": self._exports["AWS_SECRET_ACCESS_KEY"],
            "region_name": self._exports["AWS_DEFAULT_REGION"],
        }


@pytest.fixture(scope="session")
def local_athena(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> LocalAthena:
    """The session's local Athena; skips where Java 24 or Maven is missing. Tests take database and folder names of their own.

    From here on this process makes each boto3 client once.
    """
    stash = request.config.stash
    if SHARED not in stash:
        _skip_if_impossible()
        athena = LocalAthena(tmp_path_factory.mktemp("local_athena"))
        athena.run("install")
        request.config.add_cleanup(athena.stop)
        athena.start()
        keeping = ExitStack()
        keeping.enter_context(clients.kept())
        request.config.add_cleanup(keeping.close)
        stash[SHARED] = athena
    return stash[SHARED]


def _skip_if_impossible() -> None:
    try:
        java.find()
    except UserError as error:
        pytest.skip(f"no local Athena: {error}")
    if not install.home().is_dir() and shutil.which("mvn") is None:
        pytest.skip("no local Athena: Maven (mvn) is missing, and Trino is not installed yet")
