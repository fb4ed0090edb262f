"""Metric = SQL: what MetricFlow gives for each metric equals hand-written SQL on third normal form, to the last bit."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from serving.engines.served_file import ServedFile
from serving.metrics import Metrics
from serving.queries import Query
from serving.semantics import Semantics
from tests.metrics.cases import CASES, FIELDS, Case
from tests.support import Warehouse

MINIMUM = 35


@pytest.fixture(scope="module")
def metrics(subset: Warehouse) -> Iterator[Metrics]:
    """The built file with its semantics and the families beside them."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{subset.built}' as aisle (read_only)")
        connection.execute(f"attach '{subset.raw}' as raw (read_only)")
        connection.execute("set TimeZone = 'UTC'")
        connection.execute((Path(__file__).parent / "families.sql").read_text())
        yield Metrics(Semantics((subset.folder / "target" / "semantic_manifest.json").read_text()), ServedFile(connection))


def test_there_are_enough_metrics_of_each_type(metrics: Metrics) -> None:
    told = metrics.semantics.metrics.values()
    assert len(told) >= MINIMUM
    assert {metric.type for metric in told} == {"simple", "ratio", "derived", "cumulative", "conversion"}


def test_each_metric_has_its_sql(metrics: Metrics) -> None:
    assert sorted(case.metric for case in CASES) == sorted(metrics.semantics.metrics)


def test_the_dimensions_that_make_sense_can_be_reached(metrics: Metrics) -> None:
    unreachable = {
        metric.name: missing
        for metric in metrics.semantics.metrics.values()
        if (missing := set(metric.dimensions) - set(metrics.semantics.fields((metric.name,))))
    }
    assert not unreachable


@pytest.mark.parametrize(
    ("case", "grain"), [pytest.param(case, grain, id=f"{case.metric}-{grain or 'total'}") for case in CASES for grain in case.sql()]
)
def test_a_metric_is_its_sql(metrics: Metrics, case: Case, grain: str) -> None:
    by = tuple(FIELDS[column] for column in grain.split(", ") if column)
    given = rows(metrics.answer(Query((case.metric,), by)).rows)
    expected = rows(metrics.engine.connection.cursor().execute(case.sql()[grain]).fetchall())
    assert expected
    assert given == expected


def rows(found: list[tuple[Any, ...]]) -> dict[tuple[Any, ...], Any]:
    """The number by its key, days as days."""
    keyed = {tuple(map(day, row[:-1])): row[-1] for row in found}
    assert len(keyed) == len(found)
    return keyed


def day(key: Any) -> Any:
    return key.date() if isinstance(key, datetime) else key
