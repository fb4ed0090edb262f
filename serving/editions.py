"""What is published, as the service reads it: an edition is one publication, opened for as long as somebody uses it."""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

import duckdb

from ingestion import settings
from ingestion.errors import UserError
from ingestion.grocer.loyalty.problems import Problem
from serving.engines.served_file import ServedFile
from serving.metrics import Metrics, of, of_lake
from serving.reader import connect
from serving.semantics import Semantics

if TYPE_CHECKING:
    from serving.engines.lake import Lake

ANSWERS_BYTES = 1 << 26
Stamp = tuple[Any, ...]


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

    stamp: Stamp
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


class Source(Protocol):
    """Where editions come from."""

    def stamp(self) -> Stamp:
        """Tells what is published now from what was published before, and costs little."""

    def opened(self, stamp: Stamp) -> Edition:
        """What is published now; UserError when it cannot be read."""


class ServedFiles:
    """The published file: each is an edition."""

    def stamp(self) -> Stamp:
        """Which file has the name now; empty when none has."""
        try:
            stat = settings.served_file().stat()
        except OSError:
            return ()
        return (stat.st_ino, stat.st_size, stat.st_mtime_ns)

    def opened(self, stamp: Stamp) -> Edition:
        with ExitStack() as resources:
            connection = resources.enter_context(connect(external_access=False))
            semantics = of(connection)
            try:
                published_at, as_of_date = connection.execute("select published_at, as_of_date from aisle.main.publication").fetchone()
            except (duckdb.Error, TypeError) as error:
                raise UserError("What is served was not made by `make publish`: publish it again.") from error
            connection.cursor().execute("select $1", [1]).fetchall()  # the first parameter costs imports, which no request should wait for
            return Edition(stamp, Metrics(semantics, ServedFile(connection)), published_at, as_of_date, resources.pop_all())


class LakeEditions:
    """The lake: an edition ends when a table of the star is committed, which is looked for once in `SECONDS`."""

    SECONDS = 30

    def __init__(self) -> None:
        self._resources = ExitStack()
        self._lake: Lake | None = None
        self._looked = -math.inf
        self._stamp: Stamp = ()

    def stamp(self) -> Stamp:
        if time.monotonic() - self._looked > self.SECONDS:
            self._stamp = (self._opened_lake().changed_at(),)
            self._looked = time.monotonic()
        return self._stamp

    def opened(self, stamp: Stamp) -> Edition:
        engine = self._opened_lake()
        return Edition(stamp, Metrics(of_lake(engine), engine), stamp[0], engine.as_of_date(), ExitStack())

    def _opened_lake(self) -> "Lake":
        from serving.engines import lake  # boto3, for those who need it

        if self._lake is None:
            self._lake = self._resources.enter_context(lake.opened())
        return self._lake


SOURCES: dict[str, Callable[[], Source]] = {"local": ServedFiles, "athena": LakeEditions}
"""By dbt's target."""


class Library:
    """Gives the edition that is published now."""

    def __init__(self, source: Source) -> None:
        self._source = source
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
        try:
            stamp = self._source.stamp()
            if self._edition and self._edition.stamp != stamp:
                self._retire()
            if self._edition is None:
                self._edition = self._source.opened(stamp)
        except UserError as error:
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error), {"Retry-After": "5"}) from error
        return self._edition

    def _retire(self) -> None:
        edition, self._edition = self._edition, None
        edition.replaced = True
        if not edition.users:
            edition.resources.close()
