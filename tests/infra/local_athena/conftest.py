"""A database of its own for each test module, in the session's local Athena; and a Trino that is none, for what needs no engine."""

import sys
from pathlib import Path

import pytest

from infra.local_athena import install
from tests.local_athena import LocalAthena, local_athena  # noqa: F401 (a fixture)

FAKE_JAVA = f"""#!{sys.executable}
import json, os, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

if "-version" in sys.argv:
    sys.exit(print('openjdk version "25.0.1" 2025-10-21', file=sys.stderr))
behaviour = (Path(__file__).parent / "behaviour").read_text()
if behaviour == "fails":
    sys.exit("java.net.BindException: Address already in use")
config = next(argument.removeprefix("-Dconfig=") for argument in sys.argv if argument.startswith("-Dconfig="))
properties = dict(line.split("=", 1) for line in Path(config).read_text().splitlines())

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({{"environment": properties["node.environment"], "starting": behaviour == "never ready"}}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

HTTPServer(("127.0.0.1", int(properties["http-server.http.port"])), Handler).serve_forever()
"""


@pytest.fixture(scope="module")
def athena(local_athena: LocalAthena) -> LocalAthena:  # noqa: F811 (that is how pytest hands it over)
    return local_athena


@pytest.fixture(scope="module")
def database(athena: LocalAthena, request: pytest.FixtureRequest) -> str:
    """A database that is named after the module."""
    name = request.module.__name__.rsplit(".", 1)[-1]
    athena.sql(f"create database {name}")
    return name


@pytest.fixture
def fake_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A warehouse and an installed Trino whose Java is a script: it says what Trino says about itself, and runs nothing.

    Gives the file that tells it how to behave: `well`, `fails`, `never ready`.
    """
    home = tmp_path / "jdk" / "bin"
    home.mkdir(parents=True)
    (home / "java").write_text(FAKE_JAVA)
    (home / "java").chmod(0o755)
    behaviour = home / "behaviour"
    behaviour.write_text("well")
    monkeypatch.setenv("JAVA_HOME", str(home.parent))
    monkeypatch.setenv("AISLE_WAREHOUSE", str(tmp_path / "warehouse"))
    monkeypatch.setenv("AISLE_CACHE", str(tmp_path / "cache"))
    install.home().mkdir(parents=True)
    return behaviour
