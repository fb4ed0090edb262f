"""A question asked of third normal form, vault, star, wide table and MetricFlow has the same rows; a model that says otherwise is found."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager

from ingestion.errors import UserError
from serving import artifacts, build, reconcile
from serving.questions import METRICFLOW, MODELS, TITLES, Answered, Question, answered, compared, difference, questions
from serving.questions.by_metrics import with_metrics
from serving.semantics import Semantics
from tests.support import Warehouse

BY_NAME = {question.name: question for question in questions()}
IN_METRICS = 18


@pytest.fixture(scope="module")
def semantics(subset: Warehouse) -> Semantics:
    """The metrics that the subset was built with."""
    return Semantics((subset.folder / "target" / "semantic_manifest.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def built(subset: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """The built subset, read-only, with its raw file attached, because some of third normal form are views on it."""
    with duckdb.connect(str(subset.built), read_only=True) as connection:
        connection.execute(f"attach '{subset.raw}' as raw (read_only); set timezone = 'UTC'")
        yield connection


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.name)
def test_every_model_gives_the_same_rows(built: duckdb.DuckDBPyConnection, semantics: Semantics, question: Question) -> None:
    found = compared(built, with_metrics(question, semantics))
    assert found.complaints == ()
    assert (METRICFLOW in found.answers) == (question.asked is not None)


def test_metrics_answer_as_many_questions_as_before() -> None:
    assert sum(question.asked is not None for question in questions()) >= IN_METRICS


@pytest.mark.parametrize(
    ("name", "erring"),
    [
        ("sales_by_store", {"columns": {"receipt_count": "buying_baskets + 1"}}),
        ("discounts_by_department", {"where": ()}),
        ("households_by_tier_at_month_ends", {"columns": {"month_end_date": "metric_time__month"}}),
    ],
    ids=["another number", "a filter less", "another day"],
)
def test_metrics_that_err_are_named(built: duckdb.DuckDBPyConnection, semantics: Semantics, name: str, erring: dict[str, Any]) -> None:
    asked = BY_NAME[name].asked
    changed = replace(asked, **erring | {"columns": asked.columns | erring.get("columns", {})})
    told = compared(built, with_metrics(replace(BY_NAME[name], asked=changed), semantics)).complaints
    assert len(told) == 1
    assert told[0].startswith(f"{name}: ")
    assert TITLES[METRICFLOW] in told[0]


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.name)
def test_an_answer_has_rows_that_its_key_tells_apart(built: duckdb.DuckDBPyConnection, question: Question) -> None:
    answer = answered(built, question, next(iter(question.sql)))
    assert len({row[: len(question.key)] for row in answer.rows}) == len(answer.rows) > 0


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.name)
def test_a_model_has_an_answer_or_a_reason(question: Question) -> None:
    assert set(question.sql) | set(question.without) == set(MODELS)
    assert not set(question.sql) & set(question.without)
    assert len(question.sql) > 1


@pytest.mark.parametrize(
    ("name", "model", "right", "wrong"),
    [
        ("sales_by_month_and_tier", "nf3", "receipts.sold_at >= tiers.valid_from", "receipts.sold_at > tiers.valid_from + interval 20 day"),
        ("sales_by_store", "vault", "order by load_date desc) = 1", "order by load_date desc) = 2"),
        ("basket_sizes", "wide", "len(lines)", "len(lines) + 1"),
        ("redemptions_by_campaign", "star", "count(*)", "count(*) + 0.5"),
        ("visits_by_hour", "nf3", "at time zone 'America/New_York'", "at time zone 'UTC'"),
    ],
)
def test_a_model_that_errs_is_named_with_the_rows(built: duckdb.DuckDBPyConnection, name: str, model: str, right: str, wrong: str) -> None:
    question = BY_NAME[name]
    assert right in question.sql[model]
    erring = replace(question, sql=question.sql | {model: question.sql[model].replace(right, wrong)})
    told = compared(built, erring).complaints
    assert len(told) == (len(question.sql) - 1 if model == "nf3" else 1)  # the others are compared with the first
    assert all(sentence.startswith(f"{name}: ") and MODELS[model] in sentence and "rows of" in sentence for sentence in told)


@pytest.mark.parametrize(
    ("right", "said"),
    [
        (Answered(("a", "b"), [(1, 2), (1, 2)], 0), ""),
        (Answered(("a", "b"), [(1, 2)], 0), "1 and 0 rows of 2 and 1 differ: only left 1, 2"),
        (Answered(("a", "b"), [(1, 2), (1, 3)], 0), "1 and 1 rows of 2 and 2 differ: only left 1, 2; only right 1, 3"),
        (Answered(("a", "c"), [(1, 2), (1, 2)], 0), "columns a, b and a, c"),
    ],
    ids=["the same", "a row less", "another row", "another column"],
)
def test_what_tells_two_answers_apart(right: Answered, said: str) -> None:
    assert difference(Answered(("a", "b"), [(1, 2), (1, 2)], 0), right) == said


@pytest.mark.parametrize(("instead", "code"), [(None, 0), ("count(*) + 1", 1)], ids=["all alike", "one errs"])
def test_a_build_whose_answers_differ_is_not_to_be_published(
    subset: Warehouse,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    instead: str | None,
    code: int,
) -> None:
    copy = Warehouse(tmp_path / "copy")
    shutil.copytree(subset.folder, copy.folder, ignore=shutil.ignore_patterns("grocer", "dlt*", "logs"))
    for name, value in copy.environment().items():
        monkeypatch.setenv(name, value)
    question = BY_NAME["redemptions_by_campaign"]
    erring = replace(question, sql=question.sql | ({"star": question.sql["star"].replace("count(*)", instead)} if instead else {}))
    monkeypatch.setattr(reconcile, "questions", lambda: (erring,))
    monkeypatch.setattr(build, "run_dbt", lambda _arguments: 0)
    monkeypatch.setattr(DuckDBConnectionManager, "env", lambda: SimpleNamespace(close=lambda: None))
    assert build.build([]) == code
    told = capsys.readouterr().err
    assert ("redemptions_by_campaign: Third normal form and Star: " in told) == (code == 1)
    if code:
        with pytest.raises(UserError, match="no build is known to be green"):
            artifacts.last_build()
    else:
        artifacts.last_build()
