"""The metrics over HTTP, on this machine only: `python -m serving serve`.

Nothing but reading ever happens to the served file. A new publication is opened with the next request; those that run keep the old one.
Errors are problems as RFC 9457 has them, each with one sentence.
"""

import base64
import binascii
import csv
import hashlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from dataclasses import asdict
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, Literal

import pyarrow as pa
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi import Query as Parameter
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr

from ingestion import settings
from ingestion.errors import UserError
from ingestion.grocer.loyalty import problems
from ingestion.grocer.loyalty.problems import Problem
from serving.editions import SOURCES, Body, Edition, Library
from serving.engines import TooSlow
from serving.metrics import Statement, compiled
from serving.queries import MAX_VALUES, OPERATORS, Query, Term
from serving.semantics import NotUnderstood
from serving.terminal import plain

HOST = "127.0.0.1"
NAMES = {HOST, "localhost"}
MAX_ROWS = 10_000
MAX_BODY_BYTES = 1 << 16
AT_ONCE = 4
"""Queries that run side by side; the others wait, which is faster for all of them than to share two cores."""

Name = Annotated[str, Field(min_length=1, max_length=120)]
Value = StrictBool | StrictInt | Annotated[StrictFloat, Field(allow_inf_nan=False)] | Annotated[StrictStr, Field(max_length=200)]


class Filter(BaseModel):
    """A field, or a metric of the query, an operator and its values."""

    model_config = ConfigDict(extra="forbid")
    field: Name
    operator: Annotated[str, Field(max_length=40, json_schema_extra={"enum": list(OPERATORS)})]
    values: Annotated[list[Value], Field(max_length=MAX_VALUES)] = []


class MetricsQuery(BaseModel):
    """What is asked; names as `GET /metrics` and `GET /dimensions` have them."""

    model_config = ConfigDict(extra="forbid")
    metrics: Annotated[list[Name], Field(min_length=1, max_length=20, examples=[["net_sales"]])]
    group_by: Annotated[list[Name], Field(max_length=8, examples=[["week"]])] = []
    where: Annotated[list[Filter], Field(max_length=20)] = []
    order_by: Annotated[list[Name], Field(max_length=10, description="`-` before a name puts the highest first")] = []
    start: date | None = Field(None, description="first day")
    end: date | None = Field(None, description="last day")
    limit: Annotated[int, Field(ge=1, le=MAX_ROWS, description="rows an answer")] = 1000
    cursor: Annotated[str | None, Field(max_length=200, description="`next_cursor` of the answer before")] = None
    format: Literal["json", "csv", "arrow"] = "json"

    def asked(self) -> Query:
        """The query, without how it is answered."""
        return Query(
            metrics=tuple(self.metrics),
            group_by=tuple(self.group_by),
            where=tuple(Term(term.field, term.operator, tuple(term.values)) for term in self.where),
            order_by=tuple(self.order_by),
            start=self.start,
            end=self.end,
        )


def create(target: str = "local") -> FastAPI:
    """The application for one of dbt's targets; nothing is read before it is asked."""
    app = FastAPI(
        title="Aisle metrics", version="1", summary="The grocer's metrics, from what is published.", docs_url=None, redoc_url=None
    )
    library, running = Library(SOURCES[target]()), threading.BoundedSemaphore(AT_ONCE)
    app.state.library = library
    problems.install(app)
    app.add_exception_handler(NotUnderstood, _problem(HTTPStatus.UNPROCESSABLE_ENTITY))
    app.add_exception_handler(TooSlow, _problem(HTTPStatus.GATEWAY_TIMEOUT))
    app.add_exception_handler(UserError, _problem(HTTPStatus.SERVICE_UNAVAILABLE))
    app.add_exception_handler(Exception, _unexpected)
    app.add_middleware(Guard)
    refusals: dict[int | str, dict[str, Any]] = {
        status.value: {"description": status.phrase, "content": {problems.MEDIA_TYPE: {}}}
        for status in (
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.FORBIDDEN,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNPROCESSABLE_ENTITY,
            HTTPStatus.SERVICE_UNAVAILABLE,
            HTTPStatus.GATEWAY_TIMEOUT,
        )
    }
    contents = {"application/json": {}, "text/csv": {}, "application/vnd.apache.arrow.stream": {}}

    @app.get("/health", summary="Whether queries are answered, and from what", responses=refusals)
    def health() -> dict[str, Any]:
        with library.edition() as edition:
            return {"status": "ok", "process_id": os.getpid(), "publication": _told(edition)}

    @app.get("/metrics", summary="Every metric with its meaning and its dimensions", responses=refusals)
    def metrics() -> dict[str, Any]:
        with library.edition() as edition:
            return {"metrics": edition.semantics.catalogue()["metrics"], "publication": _told(edition)}

    @app.get("/dimensions", summary="What metrics can be grouped and filtered by", responses=refusals)
    def dimensions(
        metrics: Annotated[list[Name] | None, Parameter(max_length=20, description="what all of these share")] = None,
    ) -> dict[str, Any]:
        with library.edition() as edition:
            semantics = edition.semantics
            names = tuple(dict.fromkeys(semantics.metric(name) for name in metrics or ()))
            fields = semantics.fields(names) if names else semantics.all_fields()
            return {"dimensions": [asdict(found) for found in fields.values()]}

    @app.post("/query", summary="Rows", response_class=Response, responses=refusals | {200: {"description": "Rows", "content": contents}})
    def query(asked: MetricsQuery) -> Response:
        with library.edition() as edition:
            statement = compiled(edition.semantics, asked.asked())
            offset = _offset(asked, edition)
            key = repr((statement.sql, sorted(statement.parameters.items()), asked.limit, offset, asked.format))
            body = edition.answers.get(key)
            if body is None:
                with running:
                    body = edition.answers.get(key) or _answer(asked, edition, statement, offset)
                edition.answers.put(key, body)
            return Response(body.content, media_type=body.media_type, headers={"Next-Cursor": body.cursor} if body.cursor else None)

    @app.post("/sql", summary="The SQL of a query, which is not run", responses=refusals)
    def sql(asked: MetricsQuery) -> dict[str, Any]:
        with library.edition() as edition:
            statement = compiled(edition.semantics, asked.asked())
            return {"sql": statement.sql, "parameters": statement.parameters, "columns": [asdict(column) for column in statement.columns]}

    return app


def _answer(asked: MetricsQuery, edition: Edition, statement: Statement, offset: int) -> Body:
    found = edition.metrics.run(statement, limit=asked.limit + 1, offset=offset)
    if asked.format == "arrow":
        table = found.to_arrow_table()
        more, shown = table.num_rows > asked.limit, table.slice(0, asked.limit)
        body, media_type = _arrow(shown), "application/vnd.apache.arrow.stream"
    else:
        rows = found.fetchall()
        more, rows = len(rows) > asked.limit, rows[: asked.limit]
    cursor = _cursor(asked, edition, offset + asked.limit) if more else None
    if asked.format == "csv":
        body, media_type = _csv(statement, rows), "text/csv; charset=utf-8"
    elif asked.format == "json":
        names = [column.name for column in statement.columns]
        told = {
            "columns": [asdict(column) for column in statement.columns],
            "rows": [dict(zip(names, map(plain, row), strict=True)) for row in rows],
            "next_cursor": cursor,
            "publication": _told(edition),
        }
        body, media_type = json.dumps(told).encode(), "application/json"
    return Body(body, media_type, cursor)


def _csv(statement: Statement, rows: list[tuple[Any, ...]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in statement.columns])
    writer.writerows(rows)
    return text.getvalue().encode()


def _arrow(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def _told(edition: Edition) -> dict[str, str]:
    return {"published_at": f"{edition.published_at:%Y-%m-%dT%H:%M:%S}Z", "as_of_date": str(edition.as_of_date)}


def _cursor(asked: MetricsQuery, edition: Edition, offset: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([offset, _digest(asked, edition)]).encode()).decode()


def _offset(asked: MetricsQuery, edition: Edition) -> int:
    """Where an answer goes on; Problem 400 when the cursor is not one of this query and edition."""
    if asked.cursor is None:
        return 0
    with suppress(ValueError, TypeError, binascii.Error, RecursionError):
        offset, digest = json.loads(base64.urlsafe_b64decode(asked.cursor.encode()))
        if digest == _digest(asked, edition) and type(offset) is int and 0 <= offset < 1 << 40:
            return offset
    raise Problem(HTTPStatus.BAD_REQUEST, "The cursor belongs to another query or to what was published before: ask again without it.")


def _digest(asked: MetricsQuery, edition: Edition) -> str:
    """What a cursor is bound to: the query, whatever its page and format, and the edition."""
    text = asked.model_dump_json(exclude={"cursor", "limit", "format"}) + str(edition.stamp)
    return hashlib.blake2b(text.encode(), digest_size=9).hexdigest()


def _problem(status: HTTPStatus) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(request: Request, error: Exception) -> Response:
        return problems.response(request.url.path, Problem(status, str(error)))

    return answer


async def _unexpected(request: Request, error: Exception) -> Response:
    sys.stderr.write(f"{request.method} {request.url.path}: {type(error).__name__}: {error}\n")
    return problems.response(
        request.url.path, Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "The service failed at this query: its terminal says at what.")
    )


Scope = MutableMapping[str, Any]


class Guard:
    """Lets in what asks for this machine by its own name (no page of elsewhere does) and what is not too long."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Callable[[], Awaitable[Scope]], send: Callable[[Scope], Awaitable[None]]) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        refusal = None
        if headers.get(b"host", b"").decode("latin-1").rsplit(":", 1)[0] not in NAMES:
            refusal = Problem(HTTPStatus.FORBIDDEN, f"The service answers under {HOST} and localhost only: ask it there.")
        body = b"" if refusal else await _body(receive)
        if body is None:
            refusal = Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A query is at most {MAX_BODY_BYTES:,} bytes: send less.")
        if refusal:
            await problems.response(scope["path"], refusal)(scope, receive, send)
            return
        await self.app(scope, _replay(body, receive), send)


async def _body(receive: Callable[[], Awaitable[Scope]]) -> bytes | None:
    """The whole body; None as soon as it is too long."""
    parts = bytearray()
    while True:
        message = await receive()
        parts += message.get("body", b"")
        if len(parts) > MAX_BODY_BYTES:
            return None
        if message["type"] != "http.request" or not message.get("more_body"):
            return bytes(parts)


def _replay(body: bytes, receive: Callable[[], Awaitable[Scope]]) -> Callable[[], Awaitable[Scope]]:
    """A `receive` that gives the body once and then what comes after it."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Scope:
        return messages.pop() if messages else await receive()

    return again


def serve(port: int, target: str = "local", page: int | None = None) -> None:
    """Answer from one of dbt's targets until Ctrl-C, and show the page on the port `page`. UserError when a port is taken."""
    if not 0 <= port <= 65535:
        raise UserError(f"{port} is no port: choose 0 to 65535.")
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        raise UserError(f"Port {port} is taken ({error.strerror}): choose another with --port.") from error
    listener.listen(128)
    app = create(target)
    sign = settings.warehouse() / "service.json"
    shown = None if page is None else subprocess.Popen([sys.executable, "-m", "serving", "page", "--port", str(page)])
    try:
        _warm_up(app.state.library)
        port = listener.getsockname()[1]
        sign.parent.mkdir(parents=True, exist_ok=True)
        sign.write_text(json.dumps({"host": HOST, "port": port, "process_id": os.getpid()}), encoding="utf-8")
        sys.stdout.write(f"http://{HOST}:{port} answers /metrics, /dimensions, /query, /sql, /health, /openapi.json; Ctrl-C ends it.\n")
        sys.stdout.flush()
        uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=5)).run(sockets=[listener])
    except KeyboardInterrupt:  # uvicorn has ended its requests and passes it on
        sys.stdout.write("\n")
    finally:
        if shown:
            shown.send_signal(signal.SIGINT)
            shown.wait()
        app.state.library.close()
        _take_down(sign)


def _take_down(sign: Path) -> None:
    """Remove the sign, unless a later service has put up its own."""
    with suppress(OSError, ValueError, KeyError):
        if json.loads(sign.read_text(encoding="utf-8"))["process_id"] == os.getpid():
            sign.unlink()


def _warm_up(library: Library) -> None:
    """Open what is published; when nothing is, requests say so until something is."""
    with suppress(Problem), library.edition():
        pass
