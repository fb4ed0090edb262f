"""Publishing: only a green build of everything; in one step or not at all; what reads raw stays behind."""

import errno
import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from ingestion.errors import UserError
from serving import publish as publishing
from serving.publish import publish
from serving.reader import connect
from tests.serving.world import ROWS, World, ago, utc_now


def served_version(world: World) -> int:
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"attach '{world.served}' as aisle (read_only)")
        return connection.execute("select version from aisle.serving.vw_sales").fetchone()[0]


def leftovers(world: World) -> list[str]:
    return sorted(path.name for path in world.served.parent.iterdir() if path != world.served)


def test_what_reads_raw_stays_behind_and_the_rest_works_alone(world: World) -> None:
    assert "Published 4 tables and 1 views with 404 rows" in publish()
    world.raw.unlink()
    with connect() as connection:
        found = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables "
            "where table_catalog = 'aisle' and table_schema != 'main'"
        ).fetchall()
        assert sorted(name for (name,) in found) == [
            "serving.vw_sales",
            "star.dq_findings",
            "star.fct_promotions",
            "star.fct_sales_lines",
            "wide.obt_sales_lines",
        ]
        assert connection.execute("select version from serving.vw_sales").fetchall() == [(1,)]
        schemas = connection.execute("select schema_name from duckdb_schemas() where database_name = 'aisle' and not internal").fetchall()
        assert sorted(name for (name,) in schemas) == ["serving", "star", "wide"]
    assert leftovers(world) == []


def test_the_file_says_what_it_is(world: World) -> None:
    world.load(1, as_of_date="2017-06-30", households=100, loaded_at=ago(days=1))
    publish()
    invocation = world.artifact("run_results")["metadata"]["invocation_id"]
    with connect() as connection:
        assert connection.execute(
            "select as_of_date::varchar, households, tests, row_count, invocation_id from main.publication"
        ).fetchall() == [("2017-06-30", 100, 1, 2 * ROWS + 4, invocation)]
        models = connection.execute(
            "select model, is_served, row_count, description from main.publication_models order by model"
        ).fetchall()
        assert models == [
            ("dq_findings", True, 2, ""),
            ("fct_promotions", True, 2, ""),
            ("fct_sales_lines", True, ROWS, "The till's lines, one row each. More about them."),
            ("nf3_lines", False, None, ""),
            ("obt_sales_lines", True, ROWS, ""),
            ("stg_pos__transactions", False, None, ""),
            ("vw_sales", True, None, ""),
        ]
        assert connection.execute("select row_count from main.publication_totals where resource = 'pos.transactions'").fetchone() == (ROWS,)


def test_publishing_again_does_nothing_until_a_new_build(world: World) -> None:
    publish()
    before = world.served.stat().st_ino
    world.artifact("run_results", lambda results: results["args"].update(which="docs"))
    assert publish().startswith("Already published")
    assert world.served.stat().st_ino == before
    world.artifact("run_results", lambda results: results["args"].update(which="build"))
    world.build_by_hand(2)
    assert publish().startswith("Published")
    assert served_version(world) == 2


def status(of: str, value: str) -> Callable[[dict[str, Any]], None]:
    def change(results: dict[str, Any]) -> None:
        next(result for result in results["results"] if of in result["unique_id"])["status"] = value

    return change


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (status("obt_sales_lines", "error"), r"not green \(1 error; first: model obt_sales_lines\)"),
        (status("unique_fct", "fail"), r"not green \(1 fail; first: test unique_fct_sales_lines_sales_line_key\)"),
        (status("vw_sales", "skipped"), r"not green \(1 skipped; first: model vw_sales\)"),
        (lambda results: results["args"].update(which="run"), "`dbt run`, not a build"),
        (lambda results: results["args"].update(empty=True), "--empty"),
        (lambda results: results["results"].pop(), "covered 7 of 8 models, seeds and tests"),
    ],
)
def test_only_a_green_build_of_everything_is_published(world: World, change: Callable[[dict[str, Any]], None], sentence: str) -> None:
    world.artifact("run_results", change)
    with pytest.raises(UserError, match=f"{sentence}.*`make build`"):
        publish()
    assert not world.served.exists()


def test_warnings_are_published(world: World) -> None:
    world.artifact("run_results", status("unique_fct", "warn"))
    assert publish().startswith("Published")


def test_a_failed_build_does_not_reach_readers(world: World) -> None:
    publish()
    (world.project / "models/wide/obt_sales_lines.sql").write_text("select 7 as version, cast(1 as decimal(12, 2)) as sales_amount")
    (world.project / "models/star/fct_promotions.sql").write_text("select cast('no number' as integer) as product_key")
    failed = world.run("build")
    assert (failed.returncode, "readers keep what is published" in failed.stderr) == (1, True)
    with duckdb.connect(str(world.built)) as connection:
        assert connection.execute("select version from wide.obt_sales_lines").fetchone() == (7,)
    refused = world.run("publish")
    assert refused.returncode == 2
    assert refused.stderr.startswith("error: The last build is not green (1 error; first: model fct_promotions)")
    assert served_version(world) == 1


def test_results_that_are_not_of_this_file(world: World) -> None:
    world.pretend_built(utc_now())
    with pytest.raises(UserError, match="did not write"):
        publish()
    world.pretend_built(ago(minutes=10))
    world.artifact("run_results", lambda results: results["metadata"].update(generated_at=f"{ago(minutes=5).isoformat()}Z"))
    with duckdb.connect(str(world.built)) as connection:
        connection.execute("delete from star.fct_promotions")
    with pytest.raises(UserError, match="changed after the last dbt build"):
        publish()


def test_results_that_are_missing_or_half_written(world: World) -> None:
    results = world.folder / "target" / "run_results.json"
    results.write_text(results.read_text()[:100])
    with pytest.raises(UserError, match="incomplete"):
        publish()
    results.unlink()
    with pytest.raises(UserError, match="no build is known to be green"):
        publish()
    world.built.unlink()
    with pytest.raises(UserError, match="build first with `make build`"):
        publish()


def test_raw_loaded_after_the_build(world: World) -> None:
    world.load(2)
    with pytest.raises(UserError, match="Raw was loaded again"):
        publish()


def test_what_no_model_makes_any_more_stays_behind(world: World) -> None:
    started = utc_now()
    with duckdb.connect(str(world.built)) as connection:
        connection.execute(
            """
            create table star.old_grandparent (i integer primary key);
            create table star.old_parent (i integer primary key references star.old_grandparent (i));
            create table star.old_child (i integer references star.old_parent (i));
            create schema old;
            create view old.old_view as select * from star.old_child;
            """
        )
    world.pretend_built(started)
    assert publish().endswith("; 2 views that read raw stay behind; 4 tables and views that no model makes any more stay behind.")
    with connect() as connection:
        assert connection.execute("select count(*) from information_schema.tables where table_name like 'old%'").fetchone() == (0,)
        assert connection.execute("select count(*) from information_schema.schemata where schema_name = 'old'").fetchone() == (0,)


def test_a_view_that_no_longer_works_stops_the_publication(world: World) -> None:
    publish()
    started = utc_now()
    with duckdb.connect(str(world.built)) as connection:
        connection.execute("alter table wide.obt_sales_lines drop column version")
    world.pretend_built(started)
    with pytest.raises(UserError, match=r"The view serving.vw_sales does not work alone .*version"):
        publish()
    assert (served_version(world), leftovers(world)) == (1, [])


KILLED_WITH_A_LOG = """
import duckdb, os, sys
connection = duckdb.connect(sys.argv[1])
connection.execute('update wide.obt_sales_lines set version = 5')
os.kill(os.getpid(), 9)
"""


def test_what_is_still_in_the_log_is_published_and_counts_as_built(world: World) -> None:
    started = utc_now()
    assert world.start("-c", KILLED_WITH_A_LOG, str(world.built)).wait() == -9
    assert world.built.with_name("aisle.duckdb.wal").exists()
    world.pretend_built(started)
    publish()
    assert served_version(world) == 5
    assert publish().startswith("Already published")


def test_a_publication_that_failed_does_not_make_the_build_look_changed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert world.start("-c", KILLED_WITH_A_LOG, str(world.built)).wait() == -9
    an_hour_ago = datetime.now(UTC).timestamp() - 3600
    for path in world.folder.glob("aisle.duckdb*"):
        os.utime(path, (an_hour_ago, an_hour_ago))
    world.pretend_built(ago(hours=1, seconds=5))
    world.artifact("run_results", lambda results: results["metadata"].update(generated_at=f"{ago(minutes=59, seconds=58).isoformat()}Z"))
    world.load(1, loaded_at=ago(days=1))
    with monkeypatch.context() as patch:
        patch.setattr(publishing, "_stand_alone", broken_disk)
        with pytest.raises(UserError, match="Publishing failed"):
            publish()
    assert publish().startswith("Published")
    assert served_version(world) == 5


def broken_disk(*_: object) -> None:
    raise OSError(errno.EIO, "Input/output error")


KILLED_IN_THE_MIDDLE = """
import os, serving.publish as publishing
whole = publishing._copy_bytes
def half(source, partial, advance):
    partial.write_bytes(source.read_bytes()[: source.stat().st_size // 2])
    os.kill(os.getpid(), 9)
publishing._copy_bytes = half
publishing.publish()
"""


def test_a_kill_in_the_middle_leaves_the_old_version_and_is_swept(world: World) -> None:
    publish()
    world.build_by_hand(2)
    assert world.start("-c", KILLED_IN_THE_MIDDLE).wait() == -9
    assert served_version(world) == 1
    assert leftovers(world) == ["aisle.duckdb.partial"]
    publish()
    assert (served_version(world), leftovers(world)) == (2, [])


FILES_ARE_LIMITED = """
import resource, sys
from serving.__main__ import main
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
sys.exit(main(["publish"]))
"""


def test_a_disk_that_fills_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    publish()
    world.build_by_hand(2)
    process = world.start("-c", FILES_ARE_LIMITED)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert [line.startswith("error: Publishing failed (") for line in err.splitlines()] == [True]
    assert (served_version(world), leftovers(world)) == (1, [])
    monkeypatch.setattr(publishing.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1000}))
    with pytest.raises(UserError, match=r"MB are needed and 0 MB are free.*readers keep the version they had"):
        publish()


HELD_OPEN = "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); print('open', flush=True); sys.stdin.read()"


def test_the_built_file_is_in_use(world: World) -> None:
    holder = world.start("-c", HELD_OPEN, str(world.built), stdin=subprocess.PIPE)
    holder.stdout.readline()
    with pytest.raises(UserError, match=rf"Another program \(.*, process {holder.pid}\) has .* open"):
        publish()
    holder.communicate("", timeout=10)
    assert publish().startswith("Published")
