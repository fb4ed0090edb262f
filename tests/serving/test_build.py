"""Building: what would fail is told before dbt starts; nothing runs when nothing changed; Ctrl-C is one line."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import duckdb
import pytest

from ingestion.errors import UserError
from serving import build as building
from serving.build import build
from serving.interrupts import held_back
from serving.publish import publish
from serving.reader import connect
from tests.serving.world import World

HOLD_FILE = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
HOLD_LOCK = "import sys; from serving.locks import only_one\nwith only_one('build'): print('held', flush=True); sys.stdin.read()"


@contextmanager
def holding(world: World, *program: str) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that holds something until the block ends."""
    process = world.start("-c", *program, stdin=subprocess.PIPE)
    try:
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.communicate("", timeout=10)


@pytest.fixture
def dbt_calls(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The arguments of each call of dbt, which does not run."""
    calls: list[list[str]] = []
    monkeypatch.setattr(building, "run_dbt", lambda arguments: calls.append(arguments) or 0)
    return calls


@pytest.mark.usefixtures("world")
def test_dbt_gets_the_arguments_and_its_exit_code_is_kept(monkeypatch: pytest.MonkeyPatch, dbt_calls: list[list[str]]) -> None:
    assert build(["-s", "star+"]) == 0
    assert dbt_calls == [["build", "--exclude-resource-type", "unit_test", "-s", "star+"]]
    monkeypatch.setattr(building, "run_dbt", lambda _: 1)
    assert build([]) == 1


def test_an_argument_that_dbt_does_not_know(world: World) -> None:
    done = world.run("build", "--nonsense")
    assert (done.returncode, done.stderr) == (2, "error: dbt does not know this: No such option '--nonsense'.\n")


@pytest.mark.parametrize(("message", "raised"), [("IO Error: No space left on device", OSError), ("Binder Error", None)])
@pytest.mark.usefixtures("world")
def test_a_full_disk_is_told_as_such(monkeypatch: pytest.MonkeyPatch, message: str, raised: type[Exception] | None) -> None:
    """dbt catches the error and reports it among its results; `errors.run` makes the sentence."""
    failed = SimpleNamespace(exception=None, success=False, result=SimpleNamespace(results=[SimpleNamespace(message=message)]))
    monkeypatch.setattr("dbt.cli.main.dbtRunner.invoke", lambda *_: failed)
    monkeypatch.chdir(".")
    if raised is None:
        assert build([]) == 1
    else:
        with pytest.raises(raised, match="No space left"):
            build([])


def test_two_builds_at_once(world: World, dbt_calls: list[list[str]]) -> None:
    with holding(world, HOLD_LOCK) as other:
        with pytest.raises(UserError, match=rf"A build \(process {other.pid}\) is running"):
            build([])
        with pytest.raises(UserError, match=rf"A build \(process {other.pid}\) is running"):
            publish()
    assert build([]) == 0
    assert len(dbt_calls) == 1


def test_another_program_has_the_built_file_open(world: World, dbt_calls: list[list[str]]) -> None:
    with holding(world, HOLD_FILE, str(world.built)) as other:
        with pytest.raises(UserError, match=rf"process {other.pid}\) has .*aisle.duckdb open"):
            build([])
        assert build(["--target", "dev"]) == 0
    assert len(dbt_calls) == 1


def test_a_load_is_running(world: World, dbt_calls: list[list[str]]) -> None:
    with holding(world, HOLD_FILE, str(world.raw)), pytest.raises(UserError, match=r"has .*raw.duckdb open"):
        build([])
    assert dbt_calls == []


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("update raw_meta.format set version = 2", "newer version of Aisle"),
        ("drop table raw_meta.format", "older version of Aisle"),
        ("delete from raw_meta.clock", r"No load .* has been completed: run `make load`"),
    ],
)
def test_raw_that_this_project_cannot_build_from(world: World, dbt_calls: list[list[str]], statement: str, sentence: str) -> None:
    with duckdb.connect(str(world.raw)) as connection:
        connection.execute(statement)
    with pytest.raises(UserError, match=sentence):
        build([])
    assert dbt_calls == []


def test_no_raw_file_and_a_damaged_one(world: World, dbt_calls: list[list[str]]) -> None:
    world.raw.write_text("not a database")
    with pytest.raises(UserError, match="`make reset load`"):
        build([])
    world.raw.unlink()
    with pytest.raises(UserError, match=r"no raw data .* `make load`"):
        build([])
    assert dbt_calls == []


@pytest.mark.usefixtures("world")
def test_nothing_runs_when_what_would_be_built_is_published(dbt_calls: list[list[str]], capsys: pytest.CaptureFixture[str]) -> None:
    build([], if_changed=True)
    publish()
    build([], if_changed=True)
    assert len(dbt_calls) == 1
    assert capsys.readouterr().out.count("Nothing has changed since the build") == 1
    build([])
    assert len(dbt_calls) == 2


def test_a_load_that_brought_nothing_new_is_no_change(world: World, dbt_calls: list[list[str]]) -> None:
    publish()
    world.load(1)
    build([], if_changed=True)
    assert not dbt_calls


def change_model(world: World) -> None:
    (world.project / "models/serving/vw_sales.sql").write_text("select 1 as version")


def remove_model(world: World) -> None:
    (world.project / "models/serving/vw_sales.sql").unlink()


def build_elsewhere(world: World) -> None:
    with duckdb.connect(str(world.built)) as connection:
        connection.execute("delete from star.fct_promotions")


@pytest.mark.parametrize(
    "change",
    [
        change_model,
        remove_model,
        build_elsewhere,
        lambda world: (world.project / "profiles/other.yml").write_text("other: {}"),
        lambda world: world.load(2),
        lambda world: world.load(1, as_of_date="2017-12-30"),
        lambda world: world.built.unlink(),
        lambda world: world.served.unlink(),
        lambda world: world.served.write_bytes(world.served.read_bytes()[:100_000]),
    ],
)
def test_every_change_makes_it_run(world: World, dbt_calls: list[list[str]], change: object) -> None:
    publish()
    change(world)
    build([], if_changed=True)
    assert len(dbt_calls) == 1


def test_a_file_that_changed_during_the_build_makes_the_next_one_run(world: World, dbt_calls: list[list[str]]) -> None:
    change_model(world)
    publish()
    build([], if_changed=True)
    assert len(dbt_calls) == 1


CANCELLED_TOO_EARLY = """
import sys
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from serving.__main__ import main

cancel, calls = DuckDBConnectionManager.cancel, []

def escaping(self, connection):
    calls.append(connection.name)
    if len(calls) > 2:
        cancel(self, connection)

DuckDBConnectionManager.cancel = escaping
sys.exit(main(["build"]))
"""


def test_interrupt_is_one_line_and_leaves_what_is_published(world: World) -> None:
    """At the worst moment: the query starts just after dbt has cancelled everything."""
    publish()
    (world.project / "models/star/fct_slow.sql").write_text(
        "select sum(r.i * s.i) as n from range(10000000) as r (i) cross join range(1000000) as s (i)"
    )
    process = world.start("-c", CANCELLED_TOO_EARLY)
    assert any("START sql table model star.fct_slow" in line for line in process.stdout)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err.count("\n"), out) == (130, 1, "")
    with pytest.raises(UserError, match="The last build covered"):
        publish()
    with connect() as connection:
        assert connection.execute("select version from serving.vw_sales").fetchall() == [(1,)]


def test_interrupt_during_imports_is_neither_lost_nor_raised_inside() -> None:
    steps = []

    def interrupted() -> None:
        with held_back():
            signal.raise_signal(signal.SIGINT)
            steps.append("imported")
        steps.append("went on")

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert steps == ["imported"]
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
