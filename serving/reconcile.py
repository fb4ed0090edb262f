"""Every question of `serving/questions/`, asked of every model and of MetricFlow: on what is published, or on what was just built."""

import duckdb

from ingestion import console
from ingestion.errors import UserError
from serving.metrics import of
from serving.questions import TITLES, compared, questions
from serving.questions.by_metrics import with_metrics
from serving.reader import connect
from serving.semantics import Semantics


def reconcile() -> None:
    """Print rows and milliseconds by question and model. UserError that names every model whose rows are not those of the first."""
    with connect(external_access=False) as connection:
        compare(connection, of(connection))


def compare(connection: duckdb.DuckDBPyConnection, semantics: Semantics) -> None:
    """The same for the file that the connection has open, with the metrics that it was built with."""
    asked, shown, wrong = questions(), [], []
    with console.Steps() as steps, steps.step("Asking", len(asked)) as advance:
        for question in asked:
            found = compared(connection, with_metrics(question, semantics))
            wrong += found.complaints
            times = [f"{found.answers[model].seconds * 1000:,.0f}" if model in found.answers else None for model in TITLES]
            shown.append((question.title, f"{len(next(iter(found.answers.values())).rows):,}", *times, "no" if found.complaints else "yes"))
            advance(1)
    console.table(("question", "rows", *(f"{model}, ms" for model in TITLES), "equal"), shown, title="One question, four models, metrics")
    if wrong:
        raise UserError(f"{len(wrong)} answers differ: {'; '.join(wrong)}: mend the model, the metric, or what serving/questions/ asks.")
