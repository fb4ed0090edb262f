"""The loyalty API."""

import ssl
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import requests

from ingestion.doctor import SECONDS, Patient, Skipped, Trouble
from ingestion.doctor.network import answering, dated, resolved
from ingestion.sources.loyalty import PATHS

SETTING = "SOURCES__LOYALTY__BASE_URL"
START = "start it with `python -m ingestion grocer up`"


class Loyalty:
    """Checks of the service at an address, for a client with its secret."""

    def __init__(self, base_url: str, client_id: str, client_secret: str) -> None:
        self._base, self._client, self._secret = base_url.rstrip("/"), client_id, client_secret
        parts = urlsplit(base_url)
        self._https, self._host = parts.scheme == "https", parts.hostname or ""
        self._port = parts.port or (443 if self._https else 80)

    def patient(self) -> Patient:
        checks: dict[str, Any] = {
            "name": lambda: resolved(self._host, SETTING),
            "port": lambda: answering(self._host, self._port, f"{START}, or correct {SETTING}"),
            "TLS": self.tls,
            "login": self.login,
            "permission": self.permission,
            "schema": self.schema,
            "clock": lambda: dated(self._get("/health").headers.get("Date"), self._base),
        }
        return Patient("loyalty", checks)

    def tls(self) -> str:
        if not self._https:
            raise Skipped("plain HTTP is asked for")
        try:
            ssl.get_server_certificate((self._host, self._port), timeout=SECONDS)
            self._get("/health")
        except (ssl.SSLError, requests.exceptions.SSLError, OSError) as error:
            reason = getattr(error, "reason", None) or type(error).__name__
            raise Trouble("tls-refused", f"{self._base} has no TLS that is trusted here ({reason}): see its certificate.") from None
        return "trusted"

    def login(self) -> str:
        self._token()
        return f"as {self._client}"

    def permission(self) -> str:
        for path in PATHS.values():
            if self._read(path) in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
                raise Trouble("no-privilege", f"{self._client} may not read {path} of {self._base}: have the service's owner allow it.")
        return "may read"

    def schema(self) -> str:
        for path in PATHS.values():
            if (status := self._read(path)) != HTTPStatus.OK:
                raise Trouble("resource-missing", f"{self._base} answers {status} for {path}: see that it is the loyalty API, and its log.")
        return f"{len(PATHS)} resources"

    def _read(self, path: str) -> int:
        return self._get(path, {"limit": 1}, {"Authorization": f"Bearer {self._token()}"}).status_code

    def _token(self) -> str:
        form = {"grant_type": "client_credentials"}
        url = f"{self._base}/oauth/token"
        reply = self._answered(lambda: requests.post(url, form, auth=(self._client, self._secret), timeout=SECONDS))
        if reply.status_code in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise Trouble(
                "secret-expired",
                f"{self._base} does not take the secret of {self._client!r} (wrong, expired or replaced): give it the one that the service "
                "has now in SOURCES__LOYALTY__CLIENT_SECRET, or unset that.",
            )
        if not reply.ok:
            raise Trouble("service-failing", f"{self._base} answers {reply.status_code} to a login: see its log.")
        return str(reply.json()["access_token"])

    def _get(self, path: str, params: dict[str, Any] | None = None, headers: dict[str, str] | None = None) -> requests.Response:
        return self._answered(lambda: requests.get(f"{self._base}{path}", params=params, headers=headers, timeout=SECONDS))

    def _answered(self, send: Any) -> requests.Response:
        try:
            return send()
        except requests.exceptions.SSLError:
            raise
        except requests.RequestException as error:
            raise Trouble("service-failing", f"{self._base} breaks off ({type(error).__name__}): see its log, or {START}.") from None
