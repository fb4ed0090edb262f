"""How a lesson's text is read, and what its command says when it cannot run one; no Athena is needed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.lakehouse import COMPILE, FOLDER, Statement, lessons, statements
from tests.support import ROOT


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "AISLE_ATHENA_"))}
    return subprocess.run(
        [sys.executable, "-m", "infra.lakehouse", *arguments],
        cwd=ROOT,
        env=inherited | environment | {"NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_statement_ends_with_its_line_and_owns_the_comments_before_it() -> None:
    text = "\n\n-- What it\n-- shows.\n-- keep\nselect ';' as a, 1\n    as b;\n\n-- refused\ndrop it;  \nselect 2\n;\n-- the end\n"
    assert list(statements(text)) == [
        Statement("What it shows.", "select ';' as a, 1\n    as b", keep=True),
        Statement("", "drop it", refused=True),
        Statement("", "select 2"),
    ]


def test_every_lesson_says_what_happens_in_it() -> None:
    told = lessons()
    assert set(told) == {file.stem for file in (ROOT / FOLDER).glob("*.sql")}
    assert all(sentence.endswith(".") for sentence in told.values())
    listed = command()
    assert listed.returncode == 0
    assert all(name in listed.stdout for name in told)


@pytest.mark.parametrize(
    ("lesson", "text", "said"),
    [
        ("no_such", None, "There is no lesson no_such: choose one of partition_evolution, "),
        ("time_travel", None, f"The lessons are not compiled yet: run `{COMPILE}`"),
        ("time_travel", "create table t with (location = 'x/');", "The lesson time_travel was compiled without a bucket"),
        ("time_travel", "create table t with (location = 's3://x/');", "There is no way to Athena (You must specify a region.)"),
    ],
)
def test_what_is_missing_is_told_in_one_sentence(tmp_path: Path, lesson: str, text: str | None, said: str) -> None:
    if text is not None:
        file = tmp_path / "compiled" / "aisle" / FOLDER / f"{lesson}.sql"
        file.parent.mkdir(parents=True)
        file.write_text(text)
    ended = command(lesson, DBT_TARGET_PATH=str(tmp_path), AWS_CONFIG_FILE=os.devnull)
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"error: {said}")
    assert ended.stderr.count("\n") == 1
    assert ended.stdout == ""


def test_an_athena_that_does_not_answer_is_told_in_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "compiled" / "aisle" / FOLDER / "time_travel.sql"
    file.parent.mkdir(parents=True)
    file.write_text("create table t with (location = 's3://x/');")
    nowhere = {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
    }
    ended = command("time_travel", DBT_TARGET_PATH=str(tmp_path), **nowhere)
    assert ended.returncode == 2
    assert ended.stderr.startswith("error: Athena does not answer (Could not connect to the endpoint URL")
    assert ended.stderr.count("\n") == 1
