"""The loyalty client: its tokens, its pages, and what its patience is; `test_rest_faults.py` orders the faults themselves."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pyarrow as pa
import pytest
import requests

from ingestion import pipelines
from ingestion.errors import UserError
from ingestion.grocer import systems
from ingestion.loaders import patience, rest_pages
from ingestion.loaders.patience import Patience
from ingestion.loaders.rest_pages import Listing, RestPages, Token
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
    token = Token("http://nowhere/oauth/token", "aisle", "secret", Patience())
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
    asked = patience.asked_seconds
    monkeypatch.setattr(patience, "asked_seconds", lambda reply: waits.append(asked(reply)) or waits[-1])
    grocer = systems.up(LAST_DAY, HOUSEHOLDS)
    api = RestPages(grocer.loyalty_url, grocer.client_id, grocer.client_secret, workers=4)
    pages = list(api.pages(api.listing("/v1/coupons")))
    assert sum(map(len, pages)) == api.total("/v1/coupons") == 116_204
    assert len(waits) > 3
    assert all(wait > 0 for wait in waits)


def test_pages_come_in_the_apis_order_and_not_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: list[int] = []

    def get(_: RestPages, _path: str, params: dict[str, Any]) -> tuple[dict[str, Any], str]:
        page = int(params["cursor"])
        time.sleep(0.01 if page % 4 == 0 else 0)  # every first of four arrives last
        fetched.append(page)
        return {"data": [{"page": page}]}, ""

    monkeypatch.setattr(RestPages, "get", get)
    listing = Listing("/v1/coupons", {}, [str(page) for page in range(40)], 40, "")
    pages = RestPages("http://nowhere", "aisle", "secret", workers=4).pages(listing)
    assert next(pages) == [{"page": 0}]
    assert len(fetched) <= 9
    assert [page for [row] in pages for page in row.values()] == list(range(1, 40))
    assert fetched != sorted(fetched)


def reply(status: int, retry_after: str | None) -> requests.Response:
    found = requests.Response()
    found.status_code = status
    found.headers.update({} if retry_after is None else {"Retry-After": retry_after})
    return found


@pytest.mark.parametrize(
    ("status", "retry_after", "seconds"),
    [
        (429, "7", 7),
        (503, " 7 ", 7),
        (429, "Fri, 01 Jan 2016 00:00:00 GMT", 0),
        (429, None, 1),
        (429, "in a moment", 1),
        (429, "1.5", 1),
        (503, None, 0),
        (503, "-3", 0),
    ],
)
def test_retry_after_is_a_number_of_seconds(status: int, retry_after: str | None, seconds: float) -> None:
    assert patience.asked_seconds(reply(status, retry_after)) == seconds


@pytest.mark.parametrize("zone", ["GMT", "-0000", "+0000"])
def test_retry_after_is_a_date(zone: str) -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True).replace("GMT", zone)
    assert 95 < patience.asked_seconds(reply(429, moment)) <= 100


def test_pauses_are_drawn_below_a_ceiling_that_doubles() -> None:
    for error in (requests.ConnectionError(), requests.HTTPError(response=reply(429, "0"))):
        for tries, ceiling in ((1, 0.2), (2, 0.4), (5, 3.2), (99, patience.LONGEST_PAUSE_SECONDS)):
            pauses = [patience.pause_seconds(error, tries) for _ in range(400)]
            assert min(pauses) < ceiling / 10, "full jitter begins at nothing"
            assert ceiling * 0.9 < max(pauses) <= ceiling
    asked = requests.HTTPError(response=reply(503, "30"))
    assert all(30 <= patience.pause_seconds(asked, 5) <= 30.2 for _ in range(100))


def failing(error: Exception, sent: list[int]) -> Any:
    def send() -> None:
        sent.append(1)
        raise error

    return send


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were to be made; none is."""
    pauses: list[float] = []
    monkeypatch.setattr(patience.time, "sleep", pauses.append)
    return pauses


def test_who_asks_for_an_hour_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience.time, "sleep", lambda _: pytest.fail("it waits"))
    sent: list[int] = []
    with pytest.raises(UserError, match=r"http://nowhere/v1 answered 429 \(.*\): see the service's log, then load again\."):
        Patience().answer("http://nowhere/v1", failing(requests.HTTPError(response=reply(429, "3600")), sent))
    assert len(sent) == 1


def test_a_busy_server_is_waited_for_oftener_than_a_failing_one(slept: list[float]) -> None:
    replies = iter([reply(429, "1")] * (patience.BUDGET + 10))

    def send() -> str:
        busy = next(replies, None)
        if busy is not None:
            raise requests.HTTPError(response=busy)
        return "rows"

    ours = Patience()
    assert ours.answer("http://nowhere", send) == "rows"
    assert ours.retries() == len(slept) == patience.BUDGET + 10
    assert ours.may_retry(patience.BUDGET), "the whole budget is left"


@pytest.mark.parametrize(
    "error", [requests.exceptions.InvalidURL("http://"), requests.HTTPError(response=reply(404, None)), requests.TooManyRedirects()]
)
def test_what_will_not_pass_is_not_tried_again(error: requests.RequestException) -> None:
    sent: list[int] = []
    with pytest.raises(UserError, match=r"^http://nowhere/v1 .* load again\.$"):
        Patience().answer("http://nowhere/v1", failing(error, sent))
    assert len(sent) == 1


@pytest.mark.usefixtures("slept")
def test_a_request_is_tried_so_often_and_all_together_no_oftener_than_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "BUDGET", 12)
    sent: list[int] = []
    ours = Patience()
    tries = []
    for _ in range(4):
        before = len(sent)
        with pytest.raises(UserError, match="does not answer"):
            ours.answer("http://nowhere", failing(requests.ConnectionError(), sent))
        tries.append(len(sent) - before)
    assert tries == [patience.ATTEMPTS, patience.ATTEMPTS, 3, 1]
    assert ours.retries() == 12
    assert ours.retries() == 0, "each is counted once"


def test_the_newest_version_of_a_row_is_kept_wherever_it_stands() -> None:
    rows = [(1, "a", 3), (2, "a", 1), (1, "a", 1), (1, "b", 2), (2, "a", 2), (1, "a", 3)]
    for _ in range(len(rows)):
        rows.append(rows.pop(0))
        table = pa.table(dict(zip(("id", "kind", "moment"), zip(*rows, strict=True), strict=True)))
        found = loyalty.newest(table, ["id", "kind"], "moment").to_pylist()
        assert sorted(tuple(row.values()) for row in found) == [(1, "a", 3), (1, "b", 2), (2, "a", 2)]
    empty = pa.table({"id": pa.array([], pa.int64()), "moment": pa.array([], pa.int64())})
    assert loyalty.newest(empty, ["id"], "moment").num_rows == 0
