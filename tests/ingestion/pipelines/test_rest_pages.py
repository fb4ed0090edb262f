"""The loyalty client against the real service and against one that misbehaves: tokens, busy servers, faults, drift."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from ingestion import pipelines
from ingestion.errors import UserError
from ingestion.grocer import systems
from ingestion.loaders import rest_pages
from ingestion.loaders.rest_pages import RestPages, Token
from ingestion.sources import loyalty
from tests.ingestion.pipelines.conftest import ANY_TILL, HOUSEHOLDS, LAST_DAY

TILLS = ANY_TILL


@pytest.mark.usefixtures("unloaded")
def test_a_token_expires_during_a_load(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOYALTY_TOKEN_SECONDS", "1")
    renewals: list[float] = []
    renew, to_arrow = Token._renew, loyalty.to_arrow

    def counted(self: Token) -> None:
        renewals.append(time.monotonic())
        renew(self)
        self._renew_at += 60  # a client whose clock is slow: only the refusal tells it

    def slow(contract: object, rows: list) -> object:
        if contract.name == "loyalty.campaigns":
            time.sleep(1.2)
        return to_arrow(contract, rows)

    monkeypatch.setattr(Token, "_renew", counted)
    monkeypatch.setattr(loyalty, "to_arrow", slow)
    results = {result.resource: result for result in pipelines.load(LAST_DAY, HOUSEHOLDS)}
    assert results["loyalty.coupons"].rows_in_raw == 116_204
    assert len(renewals) >= 3  # the load's first, after the pause, and the one for the totals


def test_a_token_is_renewed_before_it_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(rest_pages.time, "monotonic", lambda: clock[0])
    token = Token("http://nowhere/oauth/token", "aisle", "secret")
    given = iter(("first", "second"))

    def renew() -> None:
        token._value, token._renew_at = next(given), clock[0] + 300 * (1 - rest_pages.RENEW_BEFORE)

    monkeypatch.setattr(token, "_renew", renew)
    assert [token.value(), token.value()] == ["first", "first"]
    clock[0] += 241
    assert token.value() == "second"


@pytest.mark.usefixtures("warehouse")
def test_a_busy_service_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOYALTY_RATE", "40")
    waits: list[float] = []
    asked = rest_pages._asked_pause
    monkeypatch.setattr(rest_pages, "_asked_pause", lambda reply: waits.append(asked(reply)) or waits[-1])
    grocer = systems.up(LAST_DAY, HOUSEHOLDS)
    api = RestPages(grocer.loyalty_url, grocer.client_id, grocer.client_secret, workers=4)
    pages = list(api.pages("/v1/coupons"))
    assert sum(map(len, pages)) == api.total("/v1/coupons") == 116_204
    assert len(waits) > 3
    assert all(wait > 0 for wait in waits)


def test_pages_come_in_the_apis_order_and_not_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: list[int] = []

    def get(_: RestPages, path: str, params: dict[str, Any]) -> dict[str, Any]:
        if path.endswith("/cursors"):
            return {"cursors": [str(page) for page in range(40)]}
        page = int(params["cursor"])
        time.sleep(0.01 if page % 4 == 0 else 0)  # every first of four arrives last
        fetched.append(page)
        return {"data": [{"page": page}]}

    monkeypatch.setattr(RestPages, "get", get)
    pages = RestPages("http://nowhere", "aisle", "secret", workers=4).pages("/v1/coupons")
    assert next(pages) == [{"page": 0}]
    assert len(fetched) <= 9
    assert [page for [row] in pages for page in row.values()] == list(range(1, 40))
    assert fetched != sorted(fetched)


class Faulty(BaseHTTPRequestHandler):
    """Answers with the next of the server's faults, and then well: a status, or None to cut the connection."""

    def do_GET(self) -> None:
        fault = self.server.faults.pop(0) if self.server.faults else 200
        self.server.seen.append(fault)
        if fault is None:
            self.connection.close()
            return
        body = json.dumps({"data": [], "total": 7} if fault == 200 else {"title": "out of order", "detail": "the till is on fire"}).encode()
        self.send_response(fault)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if fault == 429:
            self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadingHTTPServer]:
    monkeypatch.setattr(rest_pages, "FIRST_PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(Token, "value", lambda *_, **__: "token")
    with ThreadingHTTPServer(("127.0.0.1", 0), Faulty) as server:
        server.faults, server.seen = [], []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def client(server: ThreadingHTTPServer) -> RestPages:
    return RestPages(f"http://127.0.0.1:{server.server_address[1]}", "aisle", "secret")


def test_faults_are_tried_again(faulty: ThreadingHTTPServer) -> None:
    faulty.faults = [503, None, *[429] * 10, 500]
    assert client(faulty).total("/v1/coupons") == 7
    assert len(faulty.seen) == 14


@pytest.mark.parametrize(("fault", "said"), [(503, "answered 503 (the till is on fire)"), (None, "does not answer (ConnectionError)")])
def test_a_lasting_fault_is_one_sentence(faulty: ThreadingHTTPServer, fault: int | None, said: str) -> None:
    faulty.faults = [fault] * 99
    with pytest.raises(UserError) as error:
        client(faulty).total("/v1/coupons")
    assert said in str(error.value)
    assert len(faulty.seen) == rest_pages.ATTEMPTS


def test_a_refusal_is_not_tried_again(faulty: ThreadingHTTPServer) -> None:
    faulty.faults = [404] * 9
    with pytest.raises(UserError, match="answered 404"):
        client(faulty).total("/v1/coupons")
    assert len(faulty.seen) == 1
