"""Whatever a client sends, the answer is rows or a problem with one sentence, the service lives, and the served file is what it was."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.service.conftest import Service

SQL = st.sampled_from(
    [
        "'; drop table star.fct_sales_lines; --",
        "x' or '1'='1",
        "net_sales) from star.fct_sales_lines --",
        "{{ Dimension('product__department') }}",
        "{% for i in range(10**9) %}x{% endfor %}",
        "$v0_0",
        "read_csv('/etc/passwd')",
        "(select 1)",
        "\"; attach 'x.db' as y; --",
        "metric_time__century",
        "product__department__department",
        "\x00",
        "🛒",
    ]
)
WORDS = st.sampled_from(
    ["net_sales", "baskets", "campaign_lift", "sales_year_to_date", "week", "month", "tier", "department", "store", "-net_sales"]
)
TEXT = st.text(max_size=30) | SQL | WORDS
VALUE = TEXT | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans() | st.none()
JSON = st.recursive(VALUE, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=6)
OPERATOR = st.sampled_from(["eq", "ne", "lt", "ge", "in", "not_in", "between", "is_null"]) | TEXT
TERM = st.fixed_dictionaries({"field": TEXT, "operator": OPERATOR, "values": st.lists(VALUE, max_size=3)}) | JSON
DATE = st.dates().map(str) | TEXT
BODY = st.fixed_dictionaries(
    {
        "metrics": st.lists(st.sampled_from(["net_sales", "baskets"]), min_size=1, max_size=2, unique=True)
        | st.lists(TEXT, max_size=3)
        | JSON
    },
    optional={
        "group_by": st.lists(TEXT, max_size=3) | JSON,
        "where": st.lists(TERM, max_size=3) | JSON,
        "order_by": st.lists(TEXT, max_size=3) | JSON,
        "start": DATE | JSON,
        "end": DATE | JSON,
        "limit": st.integers() | JSON,
        "cursor": TEXT | JSON,
        "format": st.sampled_from(["json", "csv", "arrow"]) | JSON,
    },
)
OFTEN = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module", autouse=True)
def _the_file_stays_as_it_is(service: Service) -> Iterator[None]:
    before = hashlib.blake2b(service.served.read_bytes()).digest()
    beside = sorted(service.served.parent.iterdir())
    yield
    assert hashlib.blake2b(service.served.read_bytes()).digest() == before
    assert sorted(service.served.parent.iterdir()) == beside


def checked(response: requests.Response) -> None:
    if response.status_code == 200:
        return
    told = response.json()
    assert 400 <= response.status_code < 500, told
    assert response.headers["Content-Type"] == "application/problem+json"
    assert told["status"] == response.status_code
    assert told["detail"].strip()


@OFTEN
@given(body=BODY, path=st.sampled_from(["/query", "/sql"]))
def test_any_body(service: Service, body: Any, path: str) -> None:
    checked(requests.post(service.url + path, data=json.dumps(body), headers={"Content-Type": "application/json"}, timeout=60))


@OFTEN
@given(term=TERM)
def test_any_filter_of_a_good_query(service: Service, term: Any) -> None:
    checked(service.query(metrics=["net_sales"], group_by=["month"], where=[term]))


@OFTEN
@given(names=st.lists(st.text(max_size=20) | SQL, max_size=3))
def test_any_parameter(service: Service, names: list[str]) -> None:
    checked(service.get("/dimensions", params={"metrics": [name.encode("utf-8", "replace") for name in names]}))


@OFTEN
@given(body=st.binary(max_size=200))
def test_any_bytes(service: Service, body: bytes) -> None:
    checked(requests.post(service.url + "/query", data=body, headers={"Content-Type": "application/json"}, timeout=60))


def test_the_service_lives(service: Service) -> None:
    assert service.query(metrics=["net_sales"]).status_code == 200
