"""The metrics of the lake are those of the published file, over HTTP and at the command line; what is wrong is one sentence."""

import io
import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from serving.engines.served_file import ServedFile
from serving.metrics import Metrics
from serving.queries import Query, Term
from serving.semantics import Semantics
from tests.athena_build import AthenaBuild
from tests.service.conftest import Service, running
from tests.service.test_service import problem
from tests.support import Warehouse

# Every type of metric, each kind of field, values of each type.
QUERIES = (
    Query(("net_sales", "promotion_share", "grocery_share", "baskets", "basket_value"), ("month",)),
    Query(("net_sales", "units_sold"), ("department", "is_weekend"), (Term("department", "in", ("GROCERY", "O'HARE")),)),
    Query(("net_sales", "active_households"), ("week", "tier"), (Term("week", "between", (10, 12)), Term("net_sales", "gt", (50.5,)))),
    Query(("sales_year_to_date", "sales_rolling_4_weeks"), ("day",), order_by=("-day",)),
    Query(("campaign_lift", "redemption_rate"), ("campaign",)),
    Query(("addressed_to_bought_in_28_days",), ("quarter",), (Term("is_weekend", "eq", (True,)),)),
)


@pytest.fixture(scope="module")
def lake(athena_build: AthenaBuild) -> Iterator[Service]:
    with running(athena_build.warehouse, "--target", "athena", **athena_build.environment()) as started:
        yield started


@pytest.fixture(scope="module")
def file(subset: Warehouse) -> Iterator[Metrics]:
    """The same households' build on DuckDB, asked without a service."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{subset.built}' as aisle (read_only); attach '{subset.raw}' as raw (read_only); set TimeZone = 'UTC'")
        yield Metrics(Semantics((subset.folder / "target" / "semantic_manifest.json").read_text()), ServedFile(connection))


def body(query: Query) -> dict[str, Any]:
    where = [{"field": term.field, "operator": term.operator, "values": term.values} for term in query.where]
    return {"metrics": query.metrics, "group_by": query.group_by, "where": where, "order_by": query.order_by, "format": "arrow"}


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.metrics[0])
def test_both_engines_give_the_same_rows(lake: Service, file: Metrics, query: Query) -> None:
    answer = lake.query(**body(query))
    assert answer.status_code == HTTPStatus.OK, answer.text
    given = pa.ipc.open_stream(io.BytesIO(answer.content)).read_all()
    expected = file.answer(query)
    assert given.column_names == [column.name for column in expected.columns]
    assert expected.rows
    assert list(zip(*(column.to_pylist() for column in given.columns), strict=True)) == expected.rows


def test_pages_go_on_where_the_last_ended(lake: Service) -> None:
    first = lake.query(metrics=["baskets"], group_by=["month"], limit=7).json()
    rest = lake.query(metrics=["baskets"], group_by=["month"], limit=7, cursor=first["next_cursor"]).json()
    assert [len(first["rows"]), len(rest["rows"]), rest["next_cursor"]] == [7, 5, None]


def test_health_says_when_the_lake_changed(lake: Service) -> None:
    assert lake.get("/health").json()["publication"]["as_of_date"] == "2017-12-31"


@pytest.mark.parametrize(
    "term", [{"field": "week", "operator": "eq", "values": ["x"]}, {"field": "day", "operator": "ge", "values": ["'; drop table x"]}]
)
def test_a_value_that_does_not_fit_is_told(lake: Service, term: dict[str, Any]) -> None:
    answer = lake.query(metrics=["baskets"], where=[term])
    assert "does not fit" in problem(answer, HTTPStatus.UNPROCESSABLE_ENTITY)


def test_a_long_query_is_stopped(athena_build: AthenaBuild) -> None:
    with running(athena_build.warehouse, "--target", "athena", AISLE_QUERY_SECONDS="0.05", **athena_build.environment()) as hurried:
        answer = hurried.query(metrics=["campaign_lift", "baskets"], group_by=["tier"])
    assert "longer than 0.05 seconds" in problem(answer, HTTPStatus.GATEWAY_TIMEOUT)


def test_the_command_asks_the_lake(athena_build: AthenaBuild) -> None:
    command = ("python", "-m", "serving", "query", "--target", "athena", "--metrics", "baskets", "--format", "json")
    told = json.loads(athena_build.warehouse.run(*command, **athena_build.environment()).stdout)
    assert told[0]["baskets"] > 0


def test_artifacts_of_another_target_are_refused(athena_build: AthenaBuild, subset: Warehouse) -> None:
    command = ("python", "-m", "serving", "query", "--target", "athena", "--metrics", "baskets")
    told = subset.run(*command, check=False, **(athena_build.environment() | {"AISLE_WAREHOUSE": str(subset.folder)}))
    assert told.returncode == 2
    assert "run `dbt parse --target athena`" in told.stderr
