"""Questions in metrics: MetricFlow's SQL for them, as one more model. Apart, because MetricFlow takes seconds to import."""

from dataclasses import replace

from serving.metrics import compiled
from serving.queries import Query
from serving.questions import METRICFLOW, Question
from serving.semantics import Semantics
from serving.terminal import term


def with_metrics(question: Question, semantics: Semantics) -> Question:
    """The question with MetricFlow's SQL beside that of the models; as it was, where no metrics give its answer."""
    if question.asked is None:
        return question
    asked = question.asked
    statement = compiled(semantics, Query(asked.metrics, asked.group_by, tuple(map(term, asked.where))))
    columns = ",\n".join(f"    {expression} as {name}" for name, expression in asked.columns.items())
    sql = f"select\n{columns}\nfrom (\n{statement.sql}\n) as metrics\n"
    return replace(question, sql=question.sql | {METRICFLOW: sql}, parameters={METRICFLOW: statement.parameters})
