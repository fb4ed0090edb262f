"""OAuth 2 client credentials (RFC 6749, section 4.4): a secret for a token, a token for each request (RFC 6750)."""

import base64
import binascii
import hmac
import secrets
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.openapi.models import OAuthFlowClientCredentials, OAuthFlows
from fastapi.security import OAuth2

from ingestion.grocer.loyalty.options import Options
from ingestion.grocer.loyalty.problems import Problem
from ingestion.grocer.loyalty.schemas import Token
from ingestion.grocer.loyalty.signing import Signer

TOKEN_PATH = "/oauth/token"  # noqa: S105 (a path)


class Authority:
    """Grants tokens and knows its own; `now` gives seconds since 1970."""

    def __init__(self, options: Options, now: Callable[[], float] = time.time) -> None:
        self._options = options
        self._signer = Signer(options.client_secret, "access token")
        self._now = now

    def grant(self) -> Token:
        """A token that is valid from now on for `token_seconds`."""
        expires_at = self._now() + self._options.token_seconds
        text = self._signer.sign([expires_at, secrets.token_hex(8)])
        return Token(access_token=text, token_type="bearer", expires_in=self._options.token_seconds)  # noqa: S106 (the type, not a token)

    def is_valid(self, token: str) -> bool:
        value = self._signer.read(token)
        return value is not None and self._now() < value[0]

    def knows(self, client_id: str, client_secret: str) -> bool:
        """Whether these are the client's credentials; takes as long for a wrong secret as for a nearly right one."""
        same_id = hmac.compare_digest(client_id.encode(), self._options.client_id.encode())
        same_secret = hmac.compare_digest(client_secret.encode(), self._options.client_secret.encode())
        return same_id and same_secret


class Bearer(OAuth2):
    """A dependency of every protected route, and its scheme in the OpenAPI document: Problem 401 without a valid token."""

    def __init__(self, authority: Authority) -> None:
        super().__init__(flows=OAuthFlows(clientCredentials=OAuthFlowClientCredentials(tokenUrl=TOKEN_PATH)), scheme_name="loyalty")
        self._authority = authority

    async def __call__(self, request: Request) -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise _unauthorized('Bearer realm="loyalty"', f"No bearer token: get one from {TOKEN_PATH}.")
        if not self._authority.is_valid(token.strip()):
            raise _unauthorized(
                'Bearer realm="loyalty", error="invalid_token"', f"The token is not valid or has expired: renew it at {TOKEN_PATH}."
            )


def router(authority: Authority) -> APIRouter:
    """`POST /oauth/token`: credentials in the form or as HTTP Basic."""
    routes = APIRouter(tags=["authorization"])

    @routes.post(TOKEN_PATH, response_model=Token, summary="Get an access token")
    async def token(
        request: Request,
        response: Response,
        grant_type: Annotated[str, Form()] = "",
        client_id: Annotated[str, Form()] = "",
        client_secret: Annotated[str, Form()] = "",
    ) -> Token:
        if grant_type != "client_credentials":
            raise Problem(HTTPStatus.BAD_REQUEST, "grant_type must be client_credentials.", error="unsupported_grant_type")
        if not authority.knows(*(_basic(request) or (client_id, client_secret))):
            raise _unauthorized('Basic realm="loyalty"', "Unknown client or wrong secret.", error="invalid_client")
        response.headers["Cache-Control"] = "no-store"
        return authority.grant()

    return routes


def _basic(request: Request) -> tuple[str, str] | None:
    """The credentials of an HTTP Basic header, when there is one that can be read."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, client_secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return client_id, client_secret


def _unauthorized(challenge: str, detail: str, **extra: object) -> Problem:
    return Problem(HTTPStatus.UNAUTHORIZED, detail, {"WWW-Authenticate": challenge}, **extra)
