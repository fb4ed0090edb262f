"""SQL on the served data, for people: an interactive shell, one query in four formats, the list of tables. Never writes it."""

import os
import shutil
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

import duckdb

from ingestion import console, settings
from ingestion.errors import UserError
from serving.database import literal, one_line
from serving.reader import connect

FORMATS = ("table", "csv", "parquet", "json")
COPY_OPTIONS = {"csv": "format csv, header", "parquet": "format parquet, compression zstd", "json": "format json, array true"}
ROWS_SHOWN = 10_000
READING = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN, duckdb.StatementType.CALL}
GREETING = (
    """select layer, count(*) as tables, cast(sum(row_count) as bigint) as row_count
    from main.publication_models where is_served group by layer order by layer""",
    '.print "Read-only. List tables: show all tables   Columns: describe star.fct_sales_lines   Help: .help   Leave: .quit"',
)


def interactive() -> None:
    """Become DuckDB's own shell on the served file, read-only; a script on stdin gets no greeting. UserError when nothing is published."""
    with connect():
        pass
    program = files("duckdb_cli") / "duckdb"
    arguments = ["duckdb", "-readonly", "-cmd", "set TimeZone = 'UTC'"]
    if sys.stdin.isatty():
        arguments += [part for command in GREETING for part in ("-cmd", command)]
    sys.stdout.flush()
    os.execv(str(program), [*arguments, str(settings.served_file())])  # noqa: S606 (Ctrl-C must reach the shell, not a parent of it)


def tables() -> None:
    """Print every served table and view with its rows and the first sentence of its description."""
    with connect() as connection:
        rows = connection.execute(
            "select layer, model, case when row_count is null then 'view' else 'table' end, row_count, split_part(description, '. ', 1) "
            "from main.publication_models where is_served order by layer, model"
        ).fetchall()
    console.table(["schema", "name", "kind", "rows", "holds"], rows)


def query(sql: str, form: str | None = None, output: Path | None = None) -> None:
    """Answer one query on stdout or into `output`; the format is `form`, else by the file's ending, else a table.

    UserError for SQL that does not work or does not read, and for a format that does not fit.
    """
    form = form or _form_of(output)
    if form == "parquet" and output is None:
        raise UserError("Parquet is not for the screen: name a file with --output.")
    if form == "table" and output is not None:
        raise UserError("A table is for the screen: leave out --output, or choose --format csv, parquet or json.")
    try:
        with connect(external_access=form != "table") as connection:
            _check_reads(sql)
            _answer(connection, sql, form, output)
            sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # `| head` has seen enough
    except duckdb.Error as error:
        raise UserError(f"{one_line(error)}.") from error


def _form_of(output: Path | None) -> str:
    if output is None:
        return "table"
    form = output.suffix.removeprefix(".").lower()
    if form not in COPY_OPTIONS:
        raise UserError(f"The ending of {output} names no format: choose one with --format csv, parquet or json.")
    return form


def _check_reads(sql: str) -> None:
    """Exactly one statement, and one that reads. (DuckDB refuses to write the file in any case; this holds other files too.)"""
    statements = duckdb.extract_statements(sql)
    # A `pivot` is made of several statements without a text of their own.
    written = [statement for statement in statements if statement.query.strip()] or statements[-1:]
    if len(written) != 1:
        raise UserError(f"One query is expected and {len(written)} were given: pipe several into `make sql`.")
    if written[0].type not in READING:
        raise UserError(
            f"{written[0].type.name} is not a query: the served data is read-only (select, from, describe, summarize, explain)."
        )


def _answer(connection: duckdb.DuckDBPyConnection, sql: str, form: str, output: Path | None) -> None:
    answer = connection.sql(sql)
    if form == "table" and "explain_value" in answer.columns:
        sys.stdout.writelines(plan for _, plan in answer.fetchall())
        return
    if form == "table":
        answer.show(max_rows=ROWS_SHOWN, max_width=console.stdout().width)
        return
    with tempfile.TemporaryDirectory() as folder:
        # Not straight to /dev/stdout: DuckDB would cut off what a redirected file already holds.
        place = output.resolve() if output else Path(folder) / "answer"
        connection.execute(f"copy (from answer) to {literal(place)} ({COPY_OPTIONS[form]})")
        if output is None:
            with place.open("rb") as file:
                shutil.copyfileobj(file, sys.stdout.buffer)
