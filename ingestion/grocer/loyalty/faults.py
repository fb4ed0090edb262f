"""Faults to order, for tests: `LOYALTY_FAULTS=1` puts this layer around the application, and `POST /faults` tells it what is to go wrong.

A plan is drawn from its seed, so a test that fails does so again. The OpenAPI document knows nothing of it.
"""

import asyncio
import json
import random
from collections import Counter, deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, NonNegativeInt, PositiveInt, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingestion.grocer.loyalty import problems
from ingestion.grocer.loyalty.auth import TOKEN_PATH
from ingestion.grocer.loyalty.problems import Problem
from ingestion.grocer.loyalty.resources import TIMESTAMP_FORMAT

PATH = "/faults"
EVENTS = "/v1/household-events"
STATUSES = (HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT)
SLOW_SECONDS = 1.0
# What a client has to ask again for; `token` is any of the first five, at the token's endpoint.
Failing = Literal["status", "cut_header", "cut_body", "cut_json", "slow", "busy", "expired", "token"]
# What it has to see through: rows of a page served before, older versions of its own rows, rows in another order.
Shifting = Literal["repeated", "stale", "reordered"]
FAILING, SHIFTING = Failing.__args__, Shifting.__args__


class Plan(BaseModel):
    """How often which fault, at requests that the seed draws from the next `span`; `hidden` events are shown under the next plan.

    A fault waits for a request that it suits. One and the same request (path and query) fails at most `each` times.
    """

    model_config = ConfigDict(extra="forbid")
    seed: int = 0
    span: PositiveInt = 1
    each: PositiveInt = 1_000_000
    faults: dict[Failing | Shifting, NonNegativeInt] = {}
    hidden: list[int] = []


class Faults:
    """The layer. `GET /faults` tells how often each fault of the plan has happened."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._begin(Plan())

    def _begin(self, plan: Plan) -> None:
        self._plan = plan
        self._drawn = random.Random(plan.seed)  # noqa: S311 (no secret)
        kinds = [kind for kind, number in sorted(plan.faults.items()) for _ in range(number)]
        self._drawn.shuffle(kinds)
        # a client asks for a token before anything else, and seldom again
        self._due = sorted((0 if kind == "token" else self._drawn.randrange(plan.span), kind) for kind in kinds)
        self._requests, self._happened, self._failed = 0, Counter[str](), Counter[tuple[str, bytes]]()
        self._served: dict[str, deque[Any]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] == PATH:
            await (await self._told(Request(scope, receive)))(scope, receive, send)
        else:
            await self._serve(scope, receive, send)

    async def _told(self, request: Request) -> Response:
        if request.method == "POST":
            try:
                self._begin(Plan.model_validate_json(await request.body()))
            except ValidationError as error:
                return problems.response(PATH, Problem(HTTPStatus.BAD_REQUEST, str(error)))
        return Response(json.dumps(self._happened), media_type="application/json")

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, kind = scope["path"], self._next(scope["path"], scope["query_string"])
        if kind == "token":
            kind = self._drawn.choice(FAILING[:5])
        if kind in REFUSALS:
            await problems.response(path, REFUSALS[kind](self._drawn))(scope, receive, send)
            return
        answer = await self._answer(scope, receive)
        if _is_page(path) and answer.status_code == HTTPStatus.OK:
            answer = self._shifted(path, answer, kind)
        if kind == "slow":
            await asyncio.sleep(SLOW_SECONDS)
        if kind == "cut_json":
            answer = Response(answer.body[: len(answer.body) // 2], media_type="application/json")
        if kind in ("cut_header", "cut_body"):
            await _cut(answer, kind, receive, send)
        else:
            await answer(scope, receive, send)

    def _next(self, path: str, query: bytes) -> str | None:
        """The fault of this request, if it has one; it has happened then."""
        for place, (request, kind) in enumerate(self._due):
            if request <= self._requests and _suits(kind, path) and self._failed[path, query] < self._plan.each:
                del self._due[place]
                self._happened[kind] += 1
                self._failed[path, query] += kind in FAILING
                break
        else:
            kind = None
        self._requests += path.startswith("/v1/")
        return kind

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        """The application's own."""
        sent: list[Message] = []

        async def keep(message: Message) -> None:
            sent.append(message)

        await self._app(scope, receive, keep)
        start, *bodies = sent
        headers = {name.decode(): value.decode() for name, value in start["headers"]}
        return Response(b"".join(body.get("body", b"") for body in bodies), start["status"], headers)

    def _shifted(self, path: str, answer: Response, kind: str | None) -> Response:
        """A page as it is while rows change and move: some that were on the page before, some as they were, in any order."""
        page = json.loads(answer.body)
        if path == EVENTS:
            page["data"] = [row for row in page["data"] if row["event_id"] not in self._plan.hidden]
            page["total"] -= len(self._plan.hidden)
        rows = page["data"]
        before = self._served.setdefault(path, deque(maxlen=3))
        more = {"repeated": [*before] or rows[:2], "stale": [_an_hour_older(row) for row in rows[-2:] if "updated_at" in row]}.get(kind, [])
        before.extend(rows)
        shown = [*more[1:], *rows, *more[:1]]
        if kind == "reordered":
            self._drawn.shuffle(shown)
        return Response(json.dumps(page | {"data": shown}), media_type="application/json", headers={"ETag": answer.headers["ETag"]})


REFUSALS: dict[str | None, Callable[[random.Random], Problem]] = {
    "status": lambda drawn: Problem(drawn.choice(STATUSES), "A fault was ordered."),
    "busy": lambda drawn: Problem(HTTPStatus.TOO_MANY_REQUESTS, "A pause was ordered.", {"Retry-After": drawn.choice(["0", "1", _soon()])}),
    "expired": lambda _: Problem(HTTPStatus.UNAUTHORIZED, "Ordered.", {"WWW-Authenticate": 'Bearer error="invalid_token"'}),
}


def _soon() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)


def _is_page(path: str) -> bool:
    return path.startswith("/v1/") and path.count("/") == 2


def _suits(kind: str, path: str) -> bool:
    """Whether a fault can happen there."""
    if kind in SHIFTING:
        return _is_page(path)
    return path == TOKEN_PATH if kind == "token" else path.startswith("/v1/")


def _an_hour_older(row: dict[str, Any]) -> dict[str, Any]:
    moment = datetime.strptime(row["updated_at"], TIMESTAMP_FORMAT) - timedelta(hours=1)
    return row | {"updated_at": moment.strftime(TIMESTAMP_FORMAT)}


async def _cut(answer: Response, kind: str, receive: Receive, send: Send) -> None:
    """Begin to answer and hang up. ASGI has no word for it, so uvicorn's connection is taken from behind `send`."""
    transport = send.__self__.transport
    if kind == "cut_header":
        transport.write(b"HTTP/1.1 200 OK\r\nContent-Le")
    else:
        await send({"type": "http.response.start", "status": answer.status_code, "headers": answer.raw_headers})
        await send({"type": "http.response.body", "body": answer.body[: len(answer.body) // 2], "more_body": True})
    transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass
