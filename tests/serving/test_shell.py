"""SQL for people: formats, files, the list of tables, the interactive shell; never a write; errors in one sentence."""

import json
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from ingestion.errors import UserError
from serving import shell
from serving.__main__ import main
from serving.publish import publish
from tests.serving.world import World

COUNT = "select count(*) as lines from star.fct_sales_lines"


@pytest.fixture
def served(world: World) -> World:
    publish()
    return world


@pytest.mark.parametrize(
    ("form", "printed"), [("csv", "lines\n200\n"), ("json", '[\n\t{"lines":200}\n]\n'), ("table", None), (None, None)], ids=str
)
@pytest.mark.usefixtures("served")
def test_an_answer_on_the_screen(capfdbinary: pytest.CaptureFixture[bytes], form: str | None, printed: str | None) -> None:
    shell.query(f"{COUNT};", form)
    out = capfdbinary.readouterr().out.decode()
    assert out == printed if printed else "│   200 │" in out


@pytest.mark.usefixtures("served")
def test_an_answer_in_a_file(tmp_path: Path) -> None:
    for name in ("a.csv", "a.parquet", "a.json"):
        shell.query(COUNT, output=tmp_path / name)
        assert duckdb.sql(f"select lines from '{tmp_path / name}'").fetchall() == [(200,)]
    shell.query(COUNT, "json", tmp_path / "a.txt")
    assert json.loads((tmp_path / "a.txt").read_text()) == [{"lines": 200}]


@pytest.mark.parametrize(
    "sql", ["describe star.fct_sales_lines", "pivot star.fct_sales_lines on tier using count(*)", "with a as (select 1) from a"]
)
@pytest.mark.usefixtures("served")
def test_everything_that_reads_is_a_query(sql: str, tmp_path: Path) -> None:
    shell.query(sql)
    shell.query(sql, output=tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text()


def test_a_redirected_answer_goes_after_what_the_file_holds(served: World, tmp_path: Path) -> None:
    file = tmp_path / "log"
    with file.open("w") as log:
        log.write("before\n")
        log.flush()
        assert served.start("-m", "serving", "sql", "--query", COUNT, "--format", "csv", stdout=log).wait(timeout=30) == 0
    assert file.read_text() == "before\nlines\n200\n"


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("selec 1", 'syntax error at or near "selec"'),
        ("select nope from star.fct_sales_lines", '"nope" not found'),
        ("from star.nope", "nope does not exist"),
        ("drop table star.fct_sales_lines", "DROP is not a query"),
        ("insert into star.fct_promotions values (3)", "INSERT is not a query"),
        ("copy star.fct_promotions to 'promotions.csv'", "COPY is not a query"),
        ("attach 'other.duckdb'", "ATTACH is not a query"),
        ("select 1; drop view serving.vw_sales", "One query is expected and 2 were given"),
        ("", "One query is expected and 0 were given"),
        ("from '/etc/hostname'", "does not exist"),
    ],
)
@pytest.mark.usefixtures("served")
def test_what_is_no_query_of_the_served_data(sql: str, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sql", "--query", sql]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert sentence in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("form", "output", "sentence"),
    [
        ("parquet", None, "name a file with --output"),
        ("table", "a.txt", "for the screen"),
        (None, "a.xls", "names no format"),
        ("csv", "no/a.csv", "no/a.csv"),
    ],
)
@pytest.mark.usefixtures("served")
def test_a_format_that_does_not_fit(form: str | None, output: str | None, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=sentence):
        shell.query(COUNT, form, tmp_path / output if output else None)


def test_the_list_of_tables(served: World) -> None:
    listed = served.run("sql", "--tables").stdout.splitlines()
    assert [[cell.strip() for cell in line.strip("│").split("│")] for line in listed if "fct_sales_lines" in line] == [
        ["star", "fct_sales_lines", "table", "200", "The till's lines, one row each"]
    ]
    assert not any("nf3_lines" in line for line in listed)


def test_nothing_published(empty_world: World, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["sql"], ["sql", "--tables"], ["sql", "--query", "select 1"], ["report"]):
        assert main(arguments) == 2
        assert (
            capsys.readouterr().err
            == f"error: Nothing is published at {empty_world.served}: run `make demo` (or `make publish` after a build).\n"
        )


def test_a_script_on_stdin_gets_the_answer_and_nothing_else(served: World) -> None:
    done = served.run("sql", stdin=f".mode csv\n{COUNT};\n")
    assert (done.returncode, done.stdout.replace("\r", "")) == (0, "lines\n200\n")
    refused = served.run("sql", stdin="drop table star.fct_sales_lines;")
    assert refused.returncode != 0
    assert "read-only" in refused.stderr


def test_the_interactive_shell_says_what_there_is(served: World, tmp_path: Path) -> None:
    controller, terminal = pty.openpty()
    environment = os.environ | served.environment() | {"TERM": "dumb", "HOME": str(tmp_path)}
    process = subprocess.Popen([sys.executable, "-m", "serving", "sql"], stdin=terminal, stdout=terminal, stderr=terminal, env=environment)
    os.close(terminal)
    shown = read_until(controller, "aisle")
    assert "fct_sales_lines" in shown
    assert "show all tables" in shown
    os.write(controller, b".quit\r")
    read_until(controller, "\0")
    assert process.wait(timeout=20) == 0


def read_until(controller: int, text: str, seconds: float = 15) -> str:
    """What a terminal shows until the text after its last line end, or its end, or the time's."""
    shown, end = "", time.monotonic() + seconds
    while time.monotonic() < end and text not in shown.rpartition("\n")[2]:
        if select.select([controller], [], [], 0.2)[0]:
            try:
                shown += os.read(controller, 65536).decode(errors="replace")
            except OSError:  # the other side is closed
                break
    return shown
