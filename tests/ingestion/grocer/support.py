"""What the grocer's tests share: grocers in warehouses of their own, and ways to talk to their systems."""

import json
import os
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from email.message import Message
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.grocer import systems
from ingestion.grocer.systems import Grocer
from tests.support import ROOT

HOUSEHOLDS = 100
YEAR_END = date(2017, 12, 31)
MID_YEAR = date(2017, 6, 30)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(url: str, headers: dict[str, str] | None = None, form: dict[str, str] | None = None) -> Answer:
    """One request: GET, or POST with a form. An error status is an answer too."""
    data = urllib.parse.urlencode(form).encode() if form is not None else None
    request = urllib.request.Request(url, data, headers or {})  # noqa: S310 (our own servers)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
            return Answer(response.status, response.headers, response.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers, error.read())


@dataclass(frozen=True)
class Client:
    """A loyalty client with one token, got when it is first needed."""

    grocer: Grocer
    extra: dict[str, str] = field(default_factory=dict)

    @cached_property
    def token(self) -> str:
        form = {"grant_type": "client_credentials", "client_id": self.grocer.client_id, "client_secret": self.grocer.client_secret}
        return ask(f"{self.grocer.loyalty_url}/oauth/token", form=form).json["access_token"]

    def get(self, path: str, headers: dict[str, str] | None = None, **query: object) -> Answer:
        text = urllib.parse.urlencode({name: value for name, value in query.items() if value is not None})
        return ask(f"{self.grocer.loyalty_url}{path}?{text}", {"Authorization": f"Bearer {self.token}"} | (headers or {}))

    def walk(self, resource: str, limit: int = 1000, **query: object) -> list[dict[str, Any]]:
        """Every row of a resource, page after page."""
        rows, cursor = [], None
        while True:
            answer = self.get(f"/v1/{resource}", limit=limit, cursor=cursor, **query)
            assert answer.status == 200, answer.body
            rows += answer.json["data"]
            cursor = answer.json["next_cursor"]
            if cursor is None:
                assert len(rows) == answer.json["total"]
                return rows


def till_rows(grocer: Grocer, sql: str) -> list[tuple[Any, ...]]:
    """The answer of a SQLite till."""
    with closing(sqlite3.connect(grocer.till_url.removeprefix("sqlite:///"))) as till:
        return till.execute(sql).fetchall()


@dataclass(frozen=True)
class Home:
    """A warehouse folder for a grocer; the process environment names it only while one of these methods works."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def entered(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in ({"AISLE_WAREHOUSE": str(self.folder)} | self.variables).items():
                patch.setenv(name, value)
            yield

    def up(self, until: date, households: int | None = HOUSEHOLDS, port: int = 0) -> Grocer:
        with self.entered():
            return systems.up(until, households, port)

    def running(self) -> Grocer | None:
        with self.entered():
            return systems.running()

    def down(self) -> bool:
        with self.entered():
            return systems.down()

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`python -m ingestion …`, as a user runs it."""
        return subprocess.run(
            [sys.executable, "-m", "ingestion", *arguments],
            check=False,
            cwd=ROOT,
            env=os.environ | {"AISLE_WAREHOUSE": str(self.folder)} | self.variables,
            capture_output=True,
            text=True,
            timeout=120,
        )


def contents(grocer: Grocer) -> dict[str, list[Any]]:
    """Everything that the three systems show, in order: a table, a resource or the drops each; of the catalogue its sums."""
    client = Client(grocer)
    resources = ("households", "household-events", "campaigns", "campaign-memberships", "coupons", "redemptions")
    with duckdb.connect() as connection:
        promotions = connection.execute(f"select * from '{grocer.drops}/*.parquet' order by all").fetchall()
    return {
        "transactions": till_rows(grocer, "select * from transactions order by sequence"),
        "products": till_rows(grocer, "select count(*), sum(product_id), sum(manufacturer_id), max(updated_at) from products"),
        "promotions": promotions,
    } | {resource: client.walk(resource) for resource in resources}
