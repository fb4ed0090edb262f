"""Every question of `serving/questions/`, asked of every model and of MetricFlow: on what is published, or on what was just built."""

from collections.abc import Iterator

import duckdb

from ingestion import console, settings
from ingestion.destinations import duckdb_raw
from ingestion.errors import UserError
from serving import artifacts
from serving.database import attach, opened
from serving.metrics import of
from serving.questions import TITLES, Compared, Question, compared, questions
from serving.questions.by_metrics import with_metrics
from serving.reader import connect
from serving.semantics import Semantics


def reconcile() -> None:
    """Print rows and milliseconds by question and model. UserError that names every model whose rows are not those of the first."""
    shown, wrong = [], []
    with connect(external_access=False) as connection:
        for question, found in _asked(connection, of(connection)):
            wrong += found.complaints
            times = [f"{found.answers[model].seconds * 1000:,.0f}" if model in found.answers else None for model in TITLES]
            shown.append((question.title, f"{len(next(iter(found.answers.values())).rows):,}", *times, "no" if found.complaints else "yes"))
    console.table(("question", "rows", *(f"{model}, ms" for model in TITLES), "equal"), shown, title="One question, four models, metrics")
    if wrong:
        raise UserError(f"{len(wrong)} answers differ: {'; '.join(wrong)}: mend the model, the metric, or what serving/questions/ asks.")


def complaints_of_built() -> tuple[str, ...]:
    """What tells the answers of the built file apart, a sentence a model; nothing is printed. dbt must have closed the file."""
    with opened(settings.built_file(), "run `make build` again") as connection:
        attach(connection, settings.raw_file(), duckdb_raw.ANEW, name="raw")  # some of third normal form are views on it
        semantics = Semantics(artifacts.semantic_manifest())
        return tuple(told for _, found in _asked(connection, semantics) for told in found.complaints)


def _asked(connection: duckdb.DuckDBPyConnection, semantics: Semantics) -> Iterator[tuple[Question, Compared]]:
    asked = questions()
    with console.Steps() as steps, steps.step("Asking", len(asked)) as advance:
        for question in asked:
            yield question, compared(connection, with_metrics(question, semantics))
            advance(1)
