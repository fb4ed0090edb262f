"""The subset, published, and the service on it: a real uvicorn process."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support import ROOT, Warehouse


@dataclass(frozen=True)
class Service:
    """A process that serves a warehouse."""

    url: str
    warehouse: Warehouse
    process: subprocess.Popen[str]

    @property
    def served(self) -> Path:
        return self.warehouse.folder / "served" / "aisle.duckdb"

    def get(self, path: str, **options: Any) -> requests.Response:
        return requests.get(self.url + path, timeout=60, **options)

    def post(self, path: str, body: Any, **options: Any) -> requests.Response:
        return requests.post(self.url + path, json=body, timeout=60, **options)

    def query(self, **body: Any) -> requests.Response:
        return self.post("/query", body)


@contextmanager
def running(warehouse: Warehouse, *options: str, **environment: str) -> Iterator[Service]:
    """`python -m serving serve` on a free port, until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "serving", "serve", "--port", "0", *options],
        cwd=ROOT,
        env=warehouse.environment() | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        line = process.stdout.readline()
        assert line.startswith("http://127.0.0.1:"), line + process.stderr.read()
        yield Service(line.split()[0], warehouse, process)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
        process.stdout.close()
        process.stderr.close()


@pytest.fixture(scope="session")
def service(published: Warehouse) -> Iterator[Service]:
    with running(published) as started:
        yield started


@pytest.fixture(scope="module")
def own(published: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service whose served file a test may do anything to, if it leaves a good one in its place."""
    warehouse = Warehouse(tmp_path_factory.mktemp("own"))
    shutil.copytree(published.folder / "served", warehouse.folder / "served")
    with running(warehouse) as started:
        yield started
