"""Who gets in, for how long and how often; and how the service says no."""

import base64
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from ingestion.grocer import clock, processes
from ingestion.grocer.loyalty.auth import Authority
from ingestion.grocer.loyalty.limits import RateLimit
from ingestion.grocer.loyalty.options import Options
from ingestion.grocer.loyalty.problems import Problem
from ingestion.grocer.systems import Grocer
from tests.ingestion.grocer.support import Client, Home, ask

RATE = 20


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory, year: Grocer) -> Iterator[Grocer]:
    """A service whose tokens last a second and which takes 20 requests a second, without a till or drops."""
    home = Home(tmp_path_factory.mktemp("strict"), {"LOYALTY_TOKEN_SECONDS": "1", "LOYALTY_RATE": str(RATE)})
    with home.entered():
        listener = processes.listen(0)
        port = listener.getsockname()[1]
        processes.log_file().parent.mkdir()
        processes.wait_until_healthy(processes.start(listener, clock.FIRST_DAY, 100, "a secret"), port)
    yield replace(year, loyalty_url=f"http://{processes.HOST}:{port}", client_secret="a secret")
    assert home.down()


def token_url(grocer: Grocer) -> str:
    return f"{grocer.loyalty_url}/oauth/token"


def test_a_token_is_given_for_form_and_for_basic_credentials(year: Grocer) -> None:
    form = {"grant_type": "client_credentials", "client_id": year.client_id, "client_secret": year.client_secret}
    by_form = ask(token_url(year), form=form)
    assert by_form.json == {"access_token": by_form.json["access_token"], "token_type": "bearer", "expires_in": 300}
    assert by_form.headers["Cache-Control"] == "no-store"
    basic = base64.b64encode(f"{year.client_id}:{year.client_secret}".encode()).decode()
    by_basic = ask(token_url(year), {"Authorization": f"Basic {basic}"}, {"grant_type": "client_credentials"})
    assert by_basic.json["access_token"] != by_form.json["access_token"]
    for token in (by_form.json["access_token"], by_basic.json["access_token"]):
        assert ask(f"{year.loyalty_url}/v1/campaigns", {"Authorization": f"Bearer {token}"}).status == 200


@pytest.mark.parametrize(("client_id", "secret"), [("aisle", "guess"), ("aisle", ""), ("someone", None), ("", "")])
def test_a_wrong_secret_or_client_is_refused(year: Grocer, client_id: str, secret: str | None) -> None:
    secret = year.client_secret if secret is None else secret
    for headers, form in (
        ({}, {"client_id": client_id, "client_secret": secret}),
        ({"Authorization": f"Basic {base64.b64encode(f'{client_id}:{secret}'.encode()).decode()}"}, {}),
    ):
        answer = ask(token_url(year), headers, {"grant_type": "client_credentials"} | form)
        assert answer.status == 401
        assert answer.json["error"] == "invalid_client"
        assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_another_grant_is_refused(year: Grocer) -> None:
    answer = ask(token_url(year), form={"grant_type": "password", "client_id": year.client_id, "client_secret": year.client_secret})
    assert (answer.status, answer.json["error"]) == (400, "unsupported_grant_type")


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer nonsense", "Basic YWlzbGU6eA=="])
def test_without_a_valid_token_nothing_is_shown(year: Grocer, header: str | None) -> None:
    answer = ask(f"{year.loyalty_url}/v1/households", {"Authorization": header} if header else {})
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_cursor_is_not_a_token(client: Client) -> None:
    cursor = client.get("/v1/households", limit=1).json["next_cursor"]
    assert ask(f"{client.grocer.loyalty_url}/v1/households", {"Authorization": f"Bearer {cursor}"}).status == 401


def test_a_token_of_another_secret_is_refused(year: Grocer) -> None:
    token = Authority(Options(client_secret="another")).grant().access_token
    assert ask(f"{year.loyalty_url}/v1/households", {"Authorization": f"Bearer {token}"}).status == 401


def test_an_expired_token_is_refused_and_a_new_one_works(strict: Grocer) -> None:
    client = Client(strict)
    assert client.get("/v1/campaigns").status == 200
    time.sleep(1.1)
    expired = client.get("/v1/campaigns")
    assert expired.status == 401
    assert 'error="invalid_token"' in expired.headers["WWW-Authenticate"]
    assert Client(strict).get("/v1/campaigns").status == 200


def test_too_many_requests_are_told_when_to_come_back(strict: Grocer) -> None:
    client = Client(strict)
    answers = [client.get("/v1/campaigns", limit=1) for _ in range(5 * RATE)]
    refused = [answer for answer in answers if answer.status == 429]
    assert refused
    assert {answer.status for answer in answers} == {200, 429}
    assert refused[0].headers["Retry-After"] == "1"
    time.sleep(float(refused[0].headers["Retry-After"]))
    assert Client(strict).get("/v1/campaigns", limit=1).status == 200


def test_the_bucket_refills_at_its_rate() -> None:
    moment = 0.0

    def let_through(limit: RateLimit) -> bool:
        try:
            limit().send(None)
        except StopIteration:
            return True
        except Problem:
            return False
        raise AssertionError("the dependency waits for something")

    limit = RateLimit(4, lambda: moment)
    assert [let_through(limit) for _ in range(6)] == [True] * 4 + [False] * 2
    moment = 0.5
    assert [let_through(limit) for _ in range(3)] == [True, True, False]
    moment = 60.0
    assert [let_through(limit) for _ in range(5)] == [True] * 4 + [False]


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [("/v1/households", 401, "Unauthorized"), ("/v2/households", 404, "Not Found"), ("/oauth/token", 405, "Method Not Allowed")],
)
def test_errors_are_problem_documents(year: Grocer, path: str, status: int, title: str) -> None:
    answer = ask(f"{year.loyalty_url}{path}")
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json
    assert {"type": "about:blank", "title": title, "status": status, "instance": path}.items() <= problem.items()
    assert problem["detail"]


def test_health_needs_no_token_and_tells_the_clock(year: Grocer) -> None:
    health = ask(f"{year.loyalty_url}/health").json
    expected = {"status": "ok", "as_of": "2018-01-01T05:00:00Z", "as_of_date": "2017-12-31", "households": 100}
    assert expected.items() <= health.items()
