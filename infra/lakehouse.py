"""The lakehouse lessons: each is a dbt analysis of several statements, run here on Athena one after the other, with what each one gave."""

import argparse
import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyathena
from botocore.exceptions import BotoCoreError, ClientError
from pyathena.connection import Connection

from ingestion import console, settings
from ingestion.errors import UserError, run

COMMAND = "python -m infra.lakehouse"
COMPILE = "dbt compile -s path:analyses/lakehouse --target athena"
FOLDER = Path("analyses", "lakehouse")
KEEP, REFUSED = "keep", "refused"  # what a lesson says of a statement, in a comment line of its own
EXAMPLES = f"""examples:
  {COMPILE}    once, and after a change of a lesson
  {COMMAND}                     the lessons
  {COMMAND} time_travel         run one; it begins from nothing, and can be repeated
  {COMMAND} time_travel --json  the same as one JSON object a statement"""


@dataclass(frozen=True)
class Statement:
    """One statement of a lesson. `keep`: later ones use its result's cells as `:column`. `refused`: Athena has to refuse it."""

    comment: str
    sql: str
    keep: bool = False
    refused: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a statement gave: rows of a result, or the number of rows that it wrote, or why it was refused."""

    comment: str
    sql: str
    columns: list[str]
    rows: list[list[Any]]
    written: int | None
    bytes_read: int | None
    refusal: str | None = None


def lessons() -> dict[str, str]:
    """The lessons' names, each with the sentence at the head of its file."""
    found = sorted((settings.ROOT / FOLDER).glob("*.sql"))
    return {file.stem: file.read_text().partition("{#-")[2].partition("-#}")[0].strip() for file in found}


def read(name: str) -> list[Statement]:
    """The statements of a compiled lesson; UserError when there is no such lesson, or it is not compiled for Athena."""
    if name not in lessons():
        raise UserError(f"There is no lesson {name}: choose one of {', '.join(lessons())}.")
    compiled = settings.ROOT / os.environ.get("DBT_TARGET_PATH", "target") / "compiled" / "aisle" / FOLDER / f"{name}.sql"
    if not compiled.exists():
        raise UserError(f"The lessons are not compiled yet: run `{COMPILE}`, then the same command again.")
    text = compiled.read_text()
    if "location = 's3://" not in text:
        raise UserError(f"The lesson {name} was compiled without a bucket of Athena's (AISLE_ATHENA_DATA): run `{COMPILE}` again.")
    return list(statements(text))


def statements(text: str) -> Iterator[Statement]:
    """Split a lesson: a statement ends with a semicolon at the end of a line, and the comment lines before it are its own."""
    for part in re.split(r";[ \t]*$", text, flags=re.MULTILINE):
        lines = part.strip().splitlines()
        heading = next((position for position, line in enumerate(lines) if not line.startswith("--")), len(lines))
        comments = [line.removeprefix("--").strip() for line in lines[:heading]]
        sql = "\n".join(lines[heading:]).strip()
        if sql:
            comment = " ".join(line for line in comments if line not in (KEEP, REFUSED))
            yield Statement(comment, sql, keep=KEEP in comments, refused=REFUSED in comments)


def outcomes(name: str) -> Iterator[Outcome]:
    """Run a lesson and give each statement's outcome as it ends; UserError at the first that does not go as the lesson says."""
    steps = read(name)
    kept: dict[str, str] = {}
    with _connection() as connection:
        for number, step in enumerate(steps, 1):
            where = f"Statement {number} of {len(steps)} of the lesson {name}"
            sql = re.sub(r":([a-z_]+)\b", lambda found: kept.get(found[1], found[0]), step.sql)  # noqa: B023 (used at once)
            outcome = _run(connection, step, sql)
            if outcome.refusal is not None and not step.refused:
                raise UserError(f"{where} was refused ({outcome.refusal}): mend what it names, and run the lesson again from the start.")
            if outcome.refusal is None and step.refused:
                raise UserError(f"{where} should be refused, but this Athena took it: the lesson says what is no longer true.")
            if step.keep:
                kept |= _kept(outcome, where)
            yield outcome


def _kept(outcome: Outcome, where: str) -> dict[str, str]:
    """The one row of a statement, by column."""
    if len(outcome.rows) != 1:
        raise UserError(f"{where} gave {len(outcome.rows)} rows instead of one: build the models that the lesson reads first.")
    return dict(zip(outcome.columns, outcome.rows[0], strict=True))


def _connection() -> Connection[Any]:
    try:
        return pyathena.connect(
            work_group=os.environ.get("AISLE_ATHENA_WORKGROUP", "aisle"),
            poll_interval=float(os.environ.get("AISLE_ATHENA_POLL_SECONDS", "1")),
        )
    except (AssertionError, BotoCoreError, ClientError) as error:
        raise UserError(f"There is no way to Athena ({error}): point the environment at one, as `make athena` prints it.") from error


def _run(connection: Connection[Any], step: Statement, sql: str) -> Outcome:
    """Run a statement; what is kept from it stands in its row as text, as it goes into later statements."""
    cursor = connection.cursor()
    try:
        cursor.execute(sql)
        rows = [[str(cell) if step.keep else cell for cell in row] for row in (cursor.fetchall() if cursor.description else [])]
    except pyathena.error.OperationalError as error:
        return Outcome(step.comment, sql, [], [], None, None, refusal=" ".join(str(error).split()))
    except (pyathena.error.Error, BotoCoreError, ClientError) as error:
        raise UserError(f"Athena does not answer ({error.__cause__ or error}): point the environment at one that runs.") from error
    columns = [column[0] for column in cursor.description or []] if rows else []
    written = cursor.rowcount if not rows and cursor.rowcount not in (-1, None) else None
    return Outcome(step.comment, sql, columns, rows, written, cursor.data_scanned_in_bytes)


def _show(outcome: Outcome) -> None:
    screen = console.stdout()
    screen.print()
    if outcome.comment:
        screen.print(f"-- {outcome.comment}", style="dim", soft_wrap=True, markup=False)
    screen.print(f"{outcome.sql};", soft_wrap=True, markup=False)
    if outcome.refusal is not None:
        screen.print(f"refused, as it should be: {outcome.refusal}", soft_wrap=True, markup=False)
    elif outcome.rows:
        console.table(outcome.columns, outcome.rows)
        if outcome.bytes_read:
            screen.print(f"{outcome.bytes_read:,} bytes read")
    else:
        screen.print("done" if outcome.written is None else f"{outcome.written:,} rows written")


def main() -> int:
    """List the lessons, or run one."""
    parser = argparse.ArgumentParser(
        prog=COMMAND, description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("lesson", nargs="?", help="which one (default: list them)")
    parser.add_argument("--json", action="store_true", help="one JSON object a statement")
    arguments = parser.parse_args()
    if arguments.lesson is None:
        console.table(("lesson", "what happens"), list(lessons().items()))
        return 0
    for outcome in outcomes(arguments.lesson):
        if arguments.json:
            sys.stdout.write(json.dumps(asdict(outcome), default=str) + "\n")
        else:
            _show(outcome)
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
