"""A client for cursor-paged HTTP APIs: OAuth client credentials, pages in parallel, nothing sent that is here already."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

import requests

from ingestion.errors import UserError
from ingestion.loaders.patience import UNAUTHORIZED, Patience

PAGE = 1000
TIMEOUT_SECONDS = 30
RENEW_BEFORE = 0.2  # of a token's lifetime


class Token(requests.auth.AuthBase):
    """Signs requests with an access token, fetched when first needed, before it expires and after it was refused; shared by threads."""

    def __init__(self, url: str, client_id: str, client_secret: str, patience: Patience) -> None:
        self._url, self._credentials, self._patience = url, (client_id, client_secret), patience
        self._lock = threading.Lock()
        self._value, self._renew_at = "", 0.0

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        value = self.value()
        request.headers["Authorization"] = f"Bearer {value}"
        request.register_hook("response", lambda reply, **_: self._forget(value) if reply.status_code == UNAUTHORIZED else None)
        return request

    def value(self) -> str:
        """A token that is still valid; UserError when the credentials are wrong."""
        with self._lock:
            if time.monotonic() >= self._renew_at:
                self._renew()
            return self._value

    def _forget(self, refused: str) -> None:
        """Have the token renewed, unless another thread already has."""
        with self._lock:
            if self._value == refused:
                self._renew_at = 0.0

    def _renew(self) -> None:
        begun = time.monotonic()
        body = self._patience.answer(self._url, self._granted)
        self._value, self._renew_at = body["access_token"], begun + body["expires_in"] * (1 - RENEW_BEFORE)

    def _granted(self) -> dict[str, Any]:
        reply = requests.post(self._url, {"grant_type": "client_credentials"}, auth=self._credentials, timeout=TIMEOUT_SECONDS)
        if reply.status_code in (HTTPStatus.BAD_REQUEST, UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise UserError(
                f"{self._url} refuses the client {self._credentials[0]!r}: "
                "give it the client id and secret that the service knows, then load again."
            )
        reply.raise_for_status()
        return reply.json()


@dataclass(frozen=True)
class Listing:
    """The cursors of all pages of a request, how many rows they have, and the tag of their content."""

    path: str
    scope: dict[str, Any]
    cursors: list[str]
    total: int
    etag: str


class RestPages:
    """Pages of an API that lists the cursors of all pages at `<path>/cursors`, so that they can be fetched side by side."""

    def __init__(self, base_url: str, client_id: str, client_secret: str, workers: int = 4) -> None:
        self._base = base_url.rstrip("/")
        self.patience = Patience()
        self._token = Token(f"{self._base}/oauth/token", client_id, client_secret, self.patience)
        self._workers = workers
        self._session = requests.Session()
        adapter = requests.adapters.HTTPAdapter(pool_maxsize=workers)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def listing(self, path: str, since: datetime | None = None, etag: str = "") -> Listing | None:
        """The pages of the rows that changed at `since` (naive UTC) or later; None when their tag still is `etag`."""
        scope = {"limit": PAGE} | ({"updated_since": f"{since.isoformat()}Z"} if since else {})
        document, tag = self.get(f"{path}/cursors", scope, etag)
        return None if document is None else Listing(path, scope, document["cursors"], document["total"], tag)

    def pages(self, listing: Listing) -> Iterator[list[dict[str, Any]]]:
        """Rows as the API gives them, page after page in its order. UserError when there is no answer."""
        cursors = iter(listing.cursors)
        ahead: deque[Future[tuple[dict[str, Any] | None, str]]] = deque()
        with ThreadPoolExecutor(self._workers) as pool:
            try:
                while True:
                    while len(ahead) < 2 * self._workers and (cursor := next(cursors, None)) is not None:
                        ahead.append(pool.submit(self.get, listing.path, listing.scope | {"cursor": cursor}))
                    if not ahead:
                        return
                    document, _ = ahead.popleft().result()
                    yield document["data"]
            finally:
                for future in ahead:
                    future.cancel()

    def changed_meanwhile(self, path: str) -> None:
        """Spend one try on reading `path` again, because what was read is not what was listed; UserError when there were too many."""
        if not self.patience.may_retry():
            raise UserError(f"{self._base}{path} changes while it is read: load again when it is at rest.")

    def total(self, path: str) -> int:
        """How many rows the API has under `path`."""
        document, _ = self.get(path, {"limit": 1})
        return document["total"]

    def get(self, path: str, params: dict[str, Any], etag: str = "") -> tuple[dict[str, Any] | None, str]:
        """A JSON document and its tag; None in its place when the tag still is `etag`."""
        url, headers = f"{self._base}{path}", {"If-None-Match": etag} if etag else {}

        def send() -> tuple[dict[str, Any] | None, str]:
            reply = self._session.get(url, params=params, headers=headers, auth=self._token, timeout=TIMEOUT_SECONDS)
            reply.raise_for_status()
            document = None if reply.status_code == HTTPStatus.NOT_MODIFIED else reply.json()
            return document, reply.headers.get("ETag", "")

        return self.patience.answer(url, send)
