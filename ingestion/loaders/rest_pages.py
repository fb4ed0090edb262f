"""A client for cursor-paged HTTP APIs: OAuth client credentials, pages in parallel, patience with busy servers."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Any

import requests

from ingestion.errors import UserError

PAGE = 1000
TIMEOUT_SECONDS = 30
ATTEMPTS = 5
FIRST_PAUSE_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 300
UNAUTHORIZED = 401
BUSY = 429
SERVER_FAULT = 500
RENEW_BEFORE = 0.2  # of a token's lifetime


class Token:
    """An access token, fetched when first needed and again before it expires; shared by threads."""

    def __init__(self, url: str, client_id: str, client_secret: str) -> None:
        self._url, self._credentials = url, (client_id, client_secret)
        self._lock = threading.Lock()
        self._value, self._renew_at = "", 0.0

    def value(self, refused: str | None = None) -> str:
        """A token that is still valid, and another one than `refused`; UserError when the credentials are wrong."""
        with self._lock:
            if self._value == refused or time.monotonic() >= self._renew_at:
                self._renew()
            return self._value

    def _renew(self) -> None:
        begun, form = time.monotonic(), {"grant_type": "client_credentials"}
        reply = patiently(lambda: requests.post(self._url, form, auth=self._credentials, timeout=TIMEOUT_SECONDS))
        if reply.status_code in (400, UNAUTHORIZED, 403):
            raise UserError(
                f"{self._url} refuses the client {self._credentials[0]!r}: "
                "give it the client id and secret that the service knows, then load again."
            )
        body = accepted(reply).json()
        self._value, self._renew_at = body["access_token"], begun + body["expires_in"] * (1 - RENEW_BEFORE)


class RestPages:
    """Pages of an API that lists the cursors of all pages at `<path>/cursors`, so that they can be fetched side by side."""

    def __init__(self, base_url: str, client_id: str, client_secret: str, workers: int = 4) -> None:
        self._base = base_url.rstrip("/")
        self._token = Token(f"{self._base}/oauth/token", client_id, client_secret)
        self._workers = workers
        self._session = requests.Session()
        adapter = requests.adapters.HTTPAdapter(pool_maxsize=workers)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def pages(self, path: str, since: datetime | None = None) -> Iterator[list[dict[str, Any]]]:
        """Rows as the API gives them, page after page in its order; `since` (naive UTC) is inclusive. UserError when there is no answer."""
        scope = {"limit": PAGE} | ({"updated_since": f"{since.isoformat()}Z"} if since else {})
        cursors = iter(self.get(f"{path}/cursors", scope)["cursors"])
        ahead: deque[Future[dict[str, Any]]] = deque()
        with ThreadPoolExecutor(self._workers) as pool:
            try:
                while True:
                    while len(ahead) < 2 * self._workers and (cursor := next(cursors, None)) is not None:
                        ahead.append(pool.submit(self.get, path, scope | {"cursor": cursor}))
                    if not ahead:
                        return
                    yield ahead.popleft().result()["data"]
            finally:
                for future in ahead:
                    future.cancel()

    def total(self, path: str) -> int:
        """How many rows the API has under `path`."""
        return self.get(path, {"limit": 1})["total"]

    def get(self, path: str, params: dict[str, Any]) -> dict[str, Any]:
        """A JSON document; the token is renewed once when it is refused."""
        token = self._token.value()
        reply = self._send(path, params, token)
        if reply.status_code == UNAUTHORIZED:
            reply = self._send(path, params, self._token.value(refused=token))
        return accepted(reply).json()

    def _send(self, path: str, params: dict[str, Any], token: str) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return patiently(lambda: self._session.get(f"{self._base}{path}", params=params, headers=headers, timeout=TIMEOUT_SECONDS))


def patiently(send: Callable[[], requests.Response]) -> requests.Response:
    """The reply; waits as long as a 429 asks, and tries cut connections and 5xx again with growing pauses. UserError when none comes."""
    faults, deadline = 0, time.monotonic() + LONGEST_WAIT_SECONDS
    while True:
        try:
            reply = send()
        except requests.RequestException as error:
            faults += 1
            if faults == ATTEMPTS:
                raise UserError(
                    f"{_address(error)} does not answer ({type(error).__name__}): start it or correct its address, then load again."
                ) from None
        else:
            if reply.status_code == BUSY and time.monotonic() < deadline:
                time.sleep(_asked_pause(reply))
                continue
            faults += 1
            if reply.status_code < SERVER_FAULT or faults == ATTEMPTS:
                return reply
        time.sleep(FIRST_PAUSE_SECONDS * 2 ** (faults - 1))


def _asked_pause(reply: requests.Response) -> float:
    """Seconds to wait before the next try; an API that does not say gets a second's rest."""
    asked = reply.headers.get("Retry-After", "")
    return float(asked) if asked.replace(".", "", 1).isdigit() else 1.0


def _address(error: requests.RequestException) -> str:
    return error.request.url.split("?")[0] if error.request is not None and error.request.url else "The API"


def accepted(reply: requests.Response) -> requests.Response:
    """The same reply; UserError with the API's own words when it is an error."""
    if reply.ok:
        return reply
    problem = reply.json() if "json" in reply.headers.get("Content-Type", "") else {}
    words = problem.get("detail") or problem.get("title") or reply.reason
    raise UserError(f"{reply.url.split('?')[0]} answered {reply.status_code} ({words}): see the service's log, then load again.")
