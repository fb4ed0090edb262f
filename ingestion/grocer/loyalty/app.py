"""The application: its routes, put together for one clock."""

import hashlib
import json
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response

from ingestion.grocer import clock
from ingestion.grocer.loyalty import auth, pagination, problems, schemas
from ingestion.grocer.loyalty.limits import RateLimit
from ingestion.grocer.loyalty.options import Options
from ingestion.grocer.loyalty.resources import Prepared, prepare
from ingestion.grocer.loyalty.signing import Signer

Limit = Annotated[int, Query(ge=1, le=pagination.MAX_LIMIT, description="rows a page")]
Since = Annotated[datetime | None, Query(description="only rows whose date of change is this or later; ISO 8601, UTC")]
Cursor = Annotated[str | None, Query(description="the page's place, from `next_cursor` or `…/cursors`")]
REFUSALS: dict[int | str, dict[str, Any]] = {
    status.value: {"model": schemas.ProblemDetails, "description": status.phrase}
    for status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS)
}


def create(options: Options, until: date, households: int | None) -> FastAPI:
    """The API as it is at the clock; everything is computed now, so that a page is cut and not queried."""
    app = FastAPI(
        title="Loyalty API", version="1", summary="The grocer's households, campaigns and coupons.", docs_url=None, redoc_url=None
    )
    authority = auth.Authority(options)
    limited = Depends(RateLimit(options.rate))
    problems.install(app)
    app.include_router(auth.router(authority), dependencies=[limited], responses=REFUSALS)
    app.include_router(_health(until, households))
    protected = APIRouter(prefix="/v1", dependencies=[limited, Depends(auth.Bearer(authority))], responses=REFUSALS)
    signer = Signer(options.client_secret, "page cursor")
    for prepared in prepare(until, households).values():
        _add_resource(protected, prepared, signer)
    app.include_router(protected)
    return app


def _add_resource(routes: APIRouter, prepared: Prepared, signer: Signer) -> None:
    resource = prepared.resource
    title = resource.name.replace("-", " ")

    async def read_page(
        request: Request, limit: Limit = pagination.DEFAULT_LIMIT, cursor: Cursor = None, updated_since: Since = None
    ) -> Response:
        selection = pagination.select(prepared, signer, updated_since, cursor)
        return _tagged(request, pagination.page(selection, signer, limit))

    async def read_cursors(request: Request, limit: Limit = pagination.DEFAULT_LIMIT, updated_since: Since = None) -> Response:
        selection = pagination.select(prepared, signer, updated_since, None)
        body = {"cursors": pagination.cursors(selection, signer, limit), "total": selection.total}
        # cursors name every page's first row only, so the rows themselves go into the tag: while it holds, no page has changed
        return _tagged(request, json.dumps(body).encode(), prepared.digest)

    def add(path: str, endpoint: Callable[..., Awaitable[Response]], model: Any, summary: str) -> None:
        routes.add_api_route(path, endpoint, response_model=model, summary=summary, tags=[title], name=summary)

    add(f"/{resource.name}", read_page, schemas.Page[resource.row], f"A page of {title}")
    add(f"/{resource.name}/cursors", read_cursors, schemas.Cursors, f"Every page's cursor of {title}")


def _health(until: date, households: int | None) -> APIRouter:
    routes = APIRouter(tags=["health"])
    answer = schemas.Health(
        status="ok",
        as_of=clock.cutoff(until).replace(tzinfo=UTC),
        as_of_date=until,
        households=households,
        process_id=os.getpid(),
    )

    @routes.get("/health", response_model=schemas.Health, summary="The clock")
    async def health(request: Request) -> Response:
        return _tagged(request, answer.model_dump_json().encode())

    return routes


def _tagged(request: Request, body: bytes, content: bytes = b"") -> Response:
    """`body` with its ETag, which tells of `content` too, or 304 without it when the client says that it has it."""
    tag = f'"{hashlib.blake2b(body + content, digest_size=12).hexdigest()}"'
    known = {text.strip().removeprefix("W/") for text in request.headers.get("If-None-Match", "").split(",")}
    if known & {tag, "*"}:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
    return Response(body, media_type="application/json", headers={"ETag": tag})
