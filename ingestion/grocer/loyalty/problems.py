"""Errors as RFC 9457 has them: `application/problem+json` with type, title, status, detail and instance."""

import json
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):  # noqa: N818 (RFC 9457's own word)
    """An answer that is not what was asked for; `extra` are members beside the standard ones."""

    def __init__(self, status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None, **extra: object) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers
        self.extra = extra


def install(app: FastAPI) -> None:
    """Answer every error of the application as a problem, FastAPI's own included; invalid parameters are 400."""

    async def raised(request: Request, error: Problem) -> Response:
        return response(request.url.path, error)

    async def invalid(request: Request, error: RequestValidationError) -> Response:
        errors = [{"parameter": str(found["loc"][-1]), "detail": found["msg"]} for found in error.errors()]
        detail = "; ".join(f"{found['parameter']}: {found['detail']}" for found in errors)
        return response(request.url.path, Problem(HTTPStatus.BAD_REQUEST, detail, errors=errors))

    async def refused(request: Request, error: HTTPException) -> Response:
        return response(request.url.path, Problem(HTTPStatus(error.status_code), str(error.detail), error.headers))

    app.add_exception_handler(Problem, raised)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, refused)


def response(path: str, problem: Problem) -> Response:
    """The problem as an answer to a request for `path`, in ASCII: a client's own words may be no text."""
    body = {
        "type": "about:blank",
        "title": problem.status.phrase,
        "status": problem.status.value,
        "detail": problem.detail,
        "instance": path,
        **problem.extra,
    }
    return Response(json.dumps(body), problem.status.value, problem.headers, MEDIA_TYPE)
