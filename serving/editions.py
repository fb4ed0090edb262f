"""What is published, as the service reads it: an edition is one publication, opened for as long as somebody uses it."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from http import HTTPStatus
from pathlib import Path

import duckdb

from ingestion import settings
from ingestion.errors import UserError
from ingestion.grocer.loyalty.problems import Problem
from serving.metrics import Metrics, of
from serving.reader import connect
from serving.semantics import Semantics

ANSWERS_BYTES = 1 << 26


@dataclass(frozen=True)
class Body:
    """An answer as it is sent."""

    content: bytes
    media_type: str
    cursor: str | None


class Answers:
    """The last answers of one edition, which never changes: what is asked again is not computed again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bodies: OrderedDict[str, Body] = OrderedDict()
        self._bytes = 0

    def get(self, key: str) -> Body | None:
        with self._lock:
            if body := self._bodies.get(key):
                self._bodies.move_to_end(key)
            return body

    def put(self, key: str, body: Body) -> None:
        with self._lock:
            if key not in self._bodies and len(body.content) <= ANSWERS_BYTES // 8:
                self._bodies[key] = body
                self._bytes += len(body.content)
            while self._bytes > ANSWERS_BYTES:
                self._bytes -= len(self._bodies.popitem(last=False)[1].content)


@dataclass
class Edition:
    """One published version of the served file, open for reading, until nobody uses it any more."""

    stamp: tuple[int, int, int]
    metrics: Metrics
    published_at: datetime
    as_of_date: date
    resources: ExitStack = field(repr=False)
    answers: Answers = field(default_factory=Answers, repr=False)
    users: int = 0
    replaced: bool = False

    @property
    def semantics(self) -> Semantics:
        return self.metrics.semantics


class Library:
    """Gives the edition that is published now."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._edition: Edition | None = None

    @contextmanager
    def edition(self) -> Iterator[Edition]:
        """The published edition, kept open for the block; Problem 503 with the reader's sentence when it cannot be read."""
        with self._lock:
            edition = self._current()
            edition.users += 1
        try:
            yield edition
        finally:
            with self._lock:
                edition.users -= 1
                if edition.replaced and not edition.users:
                    edition.resources.close()

    def close(self) -> None:
        with self._lock:
            if self._edition:
                self._retire()

    def _current(self) -> Edition:
        stamp = _stamp(settings.served_file())
        if self._edition and self._edition.stamp != stamp:
            self._retire()
        if self._edition is None:
            try:
                self._edition = _opened(stamp)
            except UserError as error:
                raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error), {"Retry-After": "5"}) from error
        return self._edition

    def _retire(self) -> None:
        edition, self._edition = self._edition, None
        edition.replaced = True
        if not edition.users:
            edition.resources.close()


def _stamp(path: Path) -> tuple[int, int, int]:
    """Which file has the name now; zeros when none has."""
    try:
        stat = path.stat()
    except OSError:
        return (0, 0, 0)
    return (stat.st_ino, stat.st_size, stat.st_mtime_ns)


def _opened(stamp: tuple[int, int, int]) -> Edition:
    with ExitStack() as resources:
        connection = resources.enter_context(connect(external_access=False))
        semantics = of(connection)
        try:
            published_at, as_of_date = connection.execute("select published_at, as_of_date from aisle.main.publication").fetchone()
        except (duckdb.Error, TypeError) as error:
            raise UserError("What is served was not made by `make publish`: publish it again.") from error
        return Edition(stamp, Metrics(semantics, connection), published_at, as_of_date, resources.pop_all())
