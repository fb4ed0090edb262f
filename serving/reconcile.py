"""Every question of `serving/questions/`, asked of every model of what is published."""

from ingestion import console
from ingestion.errors import UserError
from serving.questions import MODELS, compared, questions
from serving.reader import connect


def reconcile() -> None:
    """Print rows and milliseconds by question and model. UserError that names every model whose rows are not those of the first."""
    asked, shown, wrong = questions(), [], []
    with connect(external_access=False) as connection, console.Steps() as steps, steps.step("Asking", len(asked)) as advance:
        for question in asked:
            found = compared(connection, question)
            wrong += found.complaints
            times = [f"{found.answers[model].seconds * 1000:,.0f}" if model in found.answers else None for model in MODELS]
            shown.append((question.title, f"{len(next(iter(found.answers.values())).rows):,}", *times, "no" if found.complaints else "yes"))
            advance(1)
    console.table(("question", "rows", *(f"{model}, ms" for model in MODELS), "equal"), shown, title="One question, four models")
    if wrong:
        raise UserError(f"{len(wrong)} answers differ: {'; '.join(wrong)}: mend the model, or the question's SQL in serving/questions/.")
