"""Questions with the SQL of every model that answers them: third normal form, vault, star, wide. Their answers must be the same.

`questions.yml` names them; `<id>/<model>.sql` is read by DuckDB, from the published file or a built one. Where metrics say the same,
`questions.yml` says which, and MetricFlow's SQL for them is compared like a fifth model (`serving.questions.by_metrics`).
"""

import time
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

FOLDER = Path(__file__).parent
MODELS = {"nf3": "Third normal form", "vault": "Data Vault", "star": "Star", "wide": "One Big Table"}
METRICFLOW = "metricflow"
TITLES = MODELS | {METRICFLOW: "MetricFlow"}
SHOWN = 3


@dataclass(frozen=True)
class Asked:
    """A question in metrics: what is asked, as on the command line, and each of the answer's columns as an expression over that."""

    metrics: tuple[str, ...]
    group_by: tuple[str, ...]
    columns: dict[str, str]
    where: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """A question: `sql` by model, with its `parameters`; `without` says why a model has no answer, `key` tells an answer's rows apart.

    `asked` is the same in metrics, None where none give this answer.
    """

    name: str
    title: str
    key: tuple[str, ...]
    sql: dict[str, str]
    without: dict[str, str]
    asked: Asked | None = None
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Answered:
    """One model's answer: the key's columns, then the others by name; rows in no order."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    seconds: float


@dataclass(frozen=True)
class Compared:
    """Every model's answer to a question, and what tells them apart: nothing where all agree."""

    answers: dict[str, Answered]
    complaints: tuple[str, ...]


@cache
def questions() -> tuple[Question, ...]:
    """All of them, in the order of `questions.yml`."""
    told: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / "questions.yml").read_text(encoding="utf-8"))
    return tuple(
        Question(
            name=name,
            title=question["title"],
            key=tuple(question["key"]),
            sql={model: path.read_text(encoding="utf-8") for model in MODELS if (path := FOLDER / name / f"{model}.sql").is_file()},
            without=question.get("without", {}),
            asked=_asked(question["asked"]) if "asked" in question else None,
        )
        for name, question in told.items()
    )


def _asked(told: dict[str, Any]) -> Asked:
    return Asked(tuple(told["metrics"]), tuple(told["group_by"]), told["columns"], tuple(told.get("where", ())))


def answered(connection: duckdb.DuckDBPyConnection, question: Question, model: str) -> Answered:
    """What the connection's file answers, and how long that took."""
    begun = time.perf_counter()
    found = connection.execute(question.sql[model], question.parameters.get(model))
    rows = found.fetchall()
    seconds = time.perf_counter() - begun
    names = [name for name, *_ in found.description]
    order = [names.index(name) for name in (*question.key, *sorted(set(names) - set(question.key)))]
    return Answered(tuple(names[at] for at in order), [tuple(row[at] for at in order) for row in rows], seconds)


def compared(connection: duckdb.DuckDBPyConnection, question: Question) -> Compared:
    """The answer of every model that has one, and a sentence for each that is not that of the first."""
    answers = {model: answered(connection, question, model) for model in question.sql}
    first = next(iter(answers))
    told = {model: difference(answers[first], answer) for model, answer in answers.items()}
    return Compared(answers, tuple(f"{question.name}: {TITLES[first]} and {TITLES[model]}: {said}" for model, said in told.items() if said))


def difference(left: Answered, right: Answered) -> str:
    """In one sentence, what tells two answers apart; empty when they hold the same rows, however often and in whatever order."""
    if left.columns != right.columns:
        return f"columns {', '.join(left.columns)} and {', '.join(right.columns)}"
    ours, theirs = Counter(left.rows), Counter(right.rows)
    only_left, only_right = list((ours - theirs).elements()), list((theirs - ours).elements())
    if not only_left and not only_right:
        return ""
    first = [f"{side} {row}" for side, rows in (("only left", only_left), ("only right", only_right)) for row in _first(rows)]
    return f"{len(only_left):,} and {len(only_right):,} rows of {len(left.rows):,} and {len(right.rows):,} differ: {'; '.join(first)}"


def _first(rows: list[tuple[Any, ...]]) -> list[str]:
    return [", ".join(map(str, row)) for row in sorted(rows, key=str)[:SHOWN]]
