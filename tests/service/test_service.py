"""The metrics over HTTP, in a process of its own: answers, pages, formats, and what is wrong with a request."""

import io
import json
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import requests

from serving.engines import TooSlow
from serving.engines.served_file import ServedFile
from tests.service.conftest import Service, running
from tests.support import Warehouse

BY_WEEK = {"metrics": ["net_sales"], "group_by": ["week"]}


def problem(response: requests.Response, status: HTTPStatus) -> str:
    """The one sentence of an error in RFC 9457's form."""
    assert response.headers["Content-Type"] == "application/problem+json"
    told = response.json()
    assert (response.status_code, told["status"], told["title"], told["type"]) == (status, status, status.phrase, "about:blank")
    assert told["detail"]
    return told["detail"]


def test_health_says_what_is_published(service: Service) -> None:
    told = service.get("/health").json()
    assert told["status"] == "ok"
    assert told["process_id"] == service.process.pid
    assert told["publication"]["as_of_date"] == "2017-12-31"


def test_the_catalogue_says_what_each_metric_is(service: Service) -> None:
    metrics = {metric["name"]: metric for metric in service.get("/metrics").json()["metrics"]}
    assert metrics["net_sales"]["owner"] == "finance"
    assert "product__department" in metrics["net_sales"]["group_by"]
    assert metrics["sales_rolling_4_weeks"]["needs_time"]
    assert "daily_sales" not in metrics


def test_dimensions_are_those_that_the_metrics_share(service: Service) -> None:
    def names(*metrics: str) -> set[str]:
        return {found["name"] for found in service.get("/dimensions", params={"metrics": metrics}).json()["dimensions"]}

    assert "product__department" in names("net_sales")
    assert "product__department" not in names("net_sales", "baskets")
    assert "household_version__tier" in names("net_sales", "baskets")
    assert {"campaign", "product__department"} <= names()
    assert not any("income" in name or "age_band" in name for name in names())


def test_an_answer_has_columns_rows_and_where_they_are_from(service: Service) -> None:
    told = service.query(metrics=["net_sales", "baskets"], group_by=["tier"], order_by=["-net_sales"]).json()
    assert [column["name"] for column in told["columns"]] == ["household_version__tier", "net_sales", "baskets"]
    assert told["columns"][1]["label"] == "Net sales"
    sales = [row["net_sales"] for row in told["rows"]]
    assert sales == sorted(sales, reverse=True)
    assert told["next_cursor"] is None
    assert told["publication"] == service.get("/health").json()["publication"]


def test_csv_and_arrow_hold_what_json_holds(service: Service) -> None:
    rows = service.query(**BY_WEEK).json()["rows"]
    text = service.query(**BY_WEEK, format="csv").text.splitlines()
    assert text[0] == "metric_time__grocer_week,net_sales"
    assert [tuple(map(float, line.split(","))) for line in text[1:]] == [
        (row["metric_time__grocer_week"], row["net_sales"]) for row in rows
    ]
    table = pa.ipc.open_stream(io.BytesIO(service.query(**BY_WEEK, format="arrow").content)).read_all()
    assert [float(cell) for cell in table.column("net_sales").to_pylist()] == [row["net_sales"] for row in rows]


def test_pages_together_are_the_whole(service: Service) -> None:
    whole = service.query(metrics=["net_sales"], group_by=["department", "tier"]).json()["rows"]
    pages, cursor = [], None
    while True:
        page = service.query(metrics=["net_sales"], group_by=["department", "tier"], limit=7, cursor=cursor).json()
        pages += page["rows"]
        if (cursor := page["next_cursor"]) is None:
            break
    assert pages == whole
    assert len(whole) > 14


def test_a_page_of_csv_says_where_the_next_begins(service: Service) -> None:
    first = service.query(**BY_WEEK, limit=50, format="csv")
    rest = service.query(**BY_WEEK, limit=50, format="csv", cursor=first.headers["Next-Cursor"])
    assert "Next-Cursor" not in rest.headers
    assert len(first.text.splitlines()) + len(rest.text.splitlines()) == 53 + 2


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (("tier", "eq", ["gold"]), {"gold"}),
        (("tier", "ne", ["gold"]), {"bronze", "silver"}),
        (("tier", "in", ["gold", "silver"]), {"gold", "silver"}),
        (("household_version__tier", "not_in", ["gold", "silver"]), {"bronze"}),
        (("tier", "is_null", []), set()),
        (("tier", "is_not_null", []), {"bronze", "silver", "gold"}),
        (("tier", "between", ["c", "h"]), {"gold"}),
        (("tier", "lt", ["g"]), {"bronze"}),
        (("week", "gt", [53]), set()),
        (("day", "ge", ["2018-01-01"]), set()),
        (("month", "eq", ["2017-06-01"]), {"bronze", "silver", "gold"}),
        (("is_weekend", "eq", [True]), {"bronze", "silver", "gold"}),
        (("baskets", "lt", [0]), set()),
        (("store", "eq", [-5]), set()),
    ],
)
def test_filters(service: Service, term: tuple[str, str, list[Any]], expected: set[str]) -> None:
    where = [dict(zip(("field", "operator", "values"), term, strict=True))]
    told = service.query(metrics=["baskets"], group_by=["tier"], where=where)
    assert told.status_code == HTTPStatus.OK, told.text
    assert {row["household_version__tier"] for row in told.json()["rows"]} == expected


def test_a_time_range_holds_its_first_and_its_last_day(service: Service) -> None:
    rows = service.query(metrics=["lines_sold"], group_by=["day"], start="2017-03-01", end="2017-03-03").json()["rows"]
    assert [row["metric_time__day"][:10] for row in rows] == ["2017-03-01", "2017-03-02", "2017-03-03"]


def test_what_looks_back_sees_the_days_before_the_range(service: Service) -> None:
    asked = {"metrics": ["sales_rolling_4_weeks"], "group_by": ["day"]}
    whole = {row["metric_time__day"]: row["sales_rolling_4_weeks"] for row in service.query(**asked).json()["rows"]}
    cut = service.query(**asked, start="2017-06-01", end="2017-06-02").json()["rows"]
    assert len(cut) == 2
    assert all(row["sales_rolling_4_weeks"] == whole[row["metric_time__day"]] for row in cut)


def test_the_sql_holds_no_value_of_the_client(service: Service) -> None:
    told = service.post("/sql", BY_WEEK | {"where": [{"field": "tier", "operator": "eq", "values": ["x' or 1=1 --"]}]}).json()
    assert "or 1=1" not in told["sql"]
    assert list(told["parameters"].values()) == ["x' or 1=1 --"]
    assert "fct_sales_lines" in told["sql"]


def test_openapi_describes_the_service(service: Service) -> None:
    told = service.get("/openapi.json").json()
    assert {"/health", "/metrics", "/dimensions", "/query", "/sql"} <= set(told["paths"])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"metrics": ["nte_sales"]}, "did you mean net_sales"),
        ({"metrics": ["daily_sales"]}, "no metric"),
        ({"metrics": ["net_sales"], "group_by": ["departmnt"]}, "did you mean department"),
        (
            {"metrics": ["addressed_households"], "group_by": ["department"]},
            "addressed_households cannot be grouped or filtered by department",
        ),
        ({"metrics": ["net_sales", "baskets"], "group_by": ["department"]}, "baskets cannot be grouped"),
        ({"metrics": ["net_sales"], "where": [{"field": "tier", "operator": "like", "values": ["g%"]}]}, "no operator 'like'"),
        ({"metrics": ["net_sales"], "where": [{"field": "tier", "operator": "eq", "values": []}]}, "takes 1 values and 0"),
        ({"metrics": ["net_sales"], "where": [{"field": "tier", "operator": "between", "values": ["a"]}]}, "takes 2 values and 1"),
        ({"metrics": ["net_sales"], "where": [{"field": "tier", "operator": "in", "values": []}]}, "takes 1 to 100"),
        ({"metrics": ["net_sales"], "where": [{"field": "baskets", "operator": "gt", "values": [1]}]}, "does not ask for"),
        ({"metrics": ["net_sales"], "where": [{"field": "store", "operator": "eq", "values": ["nowhere"]}]}, "does not fit its field"),
        ({"metrics": ["net_sales"], "where": [{"field": "day", "operator": "eq", "values": ["soon"]}]}, "does not fit its field"),
        ({"metrics": ["net_sales"], "where": [{"field": "store", "operator": "eq", "values": [10**40]}]}, "too large"),
        ({"metrics": ["sales_year_to_date"]}, "group it by day"),
        ({"metrics": ["sales_change_to_last_week"], "group_by": ["tier"]}, "group it by day"),
        ({"metrics": ["net_sales"], "start": "2017-06-02", "end": "2017-06-01"}, "ends (2017-06-01) before it begins"),
        ({"metrics": ["net_sales"], "order_by": ["tier"]}, "cannot be ordered by"),
        ({"metrics": ["net_sales", "net_sales"]}, "twice"),
        ({"metrics": ["net_sales"], "group_by": ["tier", "household_version__tier"]}, "twice"),
    ],
)
def test_what_there_is_not_is_told_in_one_sentence(service: Service, body: dict[str, Any], words: str) -> None:
    for path in ("/query", "/sql") if "fit" not in words and "large" not in words else ("/query",):
        assert words in problem(service.post(path, body), HTTPStatus.UNPROCESSABLE_ENTITY)


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        None,
        "net_sales",
        {"metrics": []},
        {"metrics": "net_sales"},
        {"metrics": [1]},
        {"metrics": ["net_sales"], "sql": "select 1"},
        {"metrics": ["net_sales"], "limit": 0},
        {"metrics": ["net_sales"], "limit": 10_001},
        {"metrics": ["net_sales"], "start": "0000-13-45"},
        {"metrics": ["net_sales"], "end": "+999999-01-01"},
        {"metrics": ["net_sales"], "format": "xml"},
        {"metrics": ["net_sales"], "cursor": "bm8="},
        {"metrics": ["net_sales"], "cursor": "\ud800"},
        {"metrics": ["\ud800"]},
        {"metrics": ["net_sales"], "\ud800": 1},
        {"metrics": ["net_sales"] * 21},
        {"metrics": ["net_sales"], "where": [{"field": "tier", "operator": "eq", "values": [{"a": 1}]}]},
        {"metrics": ["net_sales"], "where": [{"field": "tier", "operator": "eq", "values": [float("nan")]}]},
        {"metrics": ["net_sales"], "where": ["tier = 'gold'"]},
    ],
)
def test_what_is_no_query_is_refused(service: Service, body: Any) -> None:
    response = requests.post(service.url + "/query", data=json.dumps(body), headers={"Content-Type": "application/json"}, timeout=60)
    problem(response, HTTPStatus.BAD_REQUEST)


@pytest.mark.parametrize("text", [b"", b"{", b"[" * 50_000, b"\xff\xfe", b'{"metrics": ["net_sales"]'])
def test_malformed_json_is_refused(service: Service, text: bytes) -> None:
    response = requests.post(service.url + "/query", data=text, headers={"Content-Type": "application/json"}, timeout=60)
    problem(response, HTTPStatus.BAD_REQUEST)


def test_a_cursor_of_another_query_is_refused(service: Service) -> None:
    cursor = service.query(**BY_WEEK, limit=1).json()["next_cursor"]
    assert "another query" in problem(service.query(metrics=["net_sales"], group_by=["day"], cursor=cursor), HTTPStatus.BAD_REQUEST)


def test_paths_and_methods_that_there_are_not(service: Service) -> None:
    problem(service.get("/nothing"), HTTPStatus.NOT_FOUND)
    problem(service.get("/query"), HTTPStatus.METHOD_NOT_ALLOWED)


def test_a_long_body_and_a_foreign_name_are_refused(service: Service) -> None:
    problem(service.query(metrics=["x" * 70_000]), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    problem(service.post("/query", BY_WEEK, headers={"Host": "evil.example"}), HTTPStatus.FORBIDDEN)


def test_many_clients_get_their_own_answers(service: Service) -> None:
    tiers = ["gold", "silver", "bronze"]
    expected = {
        row["household_version__tier"]: row["baskets"] for row in service.query(metrics=["baskets"], group_by=["tier"]).json()["rows"]
    }

    def ask(number: int) -> bool:
        tier = tiers[number % 3]
        rows = service.query(metrics=["baskets"], where=[{"field": "tier", "operator": "eq", "values": [tier]}]).json()["rows"]
        return rows == [{"baskets": expected[tier]}]

    with ThreadPoolExecutor(12) as pool:
        assert all(pool.map(ask, range(60)))


def test_a_slow_query_is_stopped(published: Warehouse, tmp_path: Path) -> None:
    (tmp_path / "served").symlink_to(published.folder / "served")
    with running(Warehouse(tmp_path), AISLE_QUERY_SECONDS="0.001") as hasty:
        body = {"metrics": ["products_sold", "buying_baskets", "buying_households"], "group_by": ["day", "product", "household", "store"]}
        assert "took longer than 0.001 seconds" in problem(hasty.post("/query", body), HTTPStatus.GATEWAY_TIMEOUT)
        assert hasty.get("/health").status_code == HTTPStatus.OK


def test_a_query_whose_time_is_up_before_it_begins_is_stopped_too() -> None:
    endless = "select sum(a.range * b.range) from range(10_000_000) as a, range(10_000_000) as b"
    with duckdb.connect() as connection, pytest.raises(TooSlow):
        ServedFile(connection).run(endless, {}, 0.0, limit=None, offset=0)


def test_a_taken_port_is_told(service: Service) -> None:
    done = service.warehouse.run("python", "-m", "serving", "serve", "--port", service.url.rsplit(":", 1)[1], check=False)
    assert done.returncode == 2
    assert "is taken" in done.stderr


def test_ctrl_c_ends_the_service_and_takes_its_sign_down(own: Service) -> None:
    sign = own.warehouse.folder / "service.json"
    assert json.loads(sign.read_text())["process_id"] == own.process.pid
    own.process.send_signal(signal.SIGINT)
    assert own.process.wait(20) == 0
    assert not sign.exists()


@pytest.mark.usefixtures("service")
def test_the_command_asks_the_service_or_answers_itself(published: Warehouse) -> None:
    def ask() -> subprocess.CompletedProcess[str]:
        arguments = ("--metrics", "net_sales", "--group-by", "week", "--where", "tier in gold,silver", "--format", "json")
        return published.run("python", "-m", "serving", "query", *arguments)

    asked = json.loads(ask().stdout)
    sign = published.folder / "service.json"
    text = sign.read_text()
    sign.unlink()
    try:
        assert json.loads(ask().stdout) == asked
    finally:
        sign.write_text(text)
    assert 40 < len(asked) <= 53
