"""What keeps raw right when a load alone does not: late rows, deleted ones, days that come again, and the history of all of it."""

import json
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from ingestion import __main__, pipelines
from ingestion.errors import UserError
from ingestion.grocer import systems
from ingestion.sources import pos
from tests.ingestion.pipelines.conftest import HOUSEHOLDS, LAST_DAY, Till
from tests.support import ROOT, differences

DLT = frozenset({"_dlt_load_id", "_dlt_id"})


def query(folder: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(folder / "raw.duckdb")) as connection:
        return connection.execute(sql).fetchall()


def load() -> dict[str, pipelines.Result]:
    return {result.resource: result for result in pipelines.load(LAST_DAY, HOUSEHOLDS)}


def same_as_the_year(year: Path, warehouse: Path, *tables: str) -> None:
    for table in tables:
        assert differences(year / "raw.duckdb", warehouse / "raw.duckdb", table, DLT)[1:] == (0, 0), table


def test_a_line_that_the_till_commits_late_comes_once(warehouse: Path, till: Till) -> None:
    # the subset leaves sequences out: the newest of them is the late line's
    ((late,),) = till.rows("select max(sequence) - 1 from transactions where sequence - 1 not in (select sequence from transactions)")
    till.change(
        f"insert into transactions select {late}, household_id, store_id, basket_id, product_id + 1, quantity, sales_value, "
        "retail_disc, coupon_disc, coupon_match_disc, week, transaction_timestamp, recorded_at "
        f"from transactions where sequence = {late + 1}"
    )
    assert load()["pos.transactions"].rows_loaded == 1
    assert query(warehouse, f"select count(*) from raw_pos.transactions where sequence = {late}") == [(1,)]
    assert load()["pos.transactions"].rows_loaded == 0
    assert query(warehouse, "select count(*), count(distinct sequence) from raw_pos.transactions") == [(60_406, 60_406)]


def test_a_product_that_the_till_deletes_is_gone_from_raw(warehouse: Path, till: Till) -> None:
    till.change("delete from products where product_id = 25671")
    till.change(
        "insert into products select 1, manufacturer_id, department, brand, product_category, product_type, package_size, updated_at "
        "from products where product_id = (select min(product_id) from products)"
    )
    result = load()["pos.products"]
    assert (result.rows_in_source, result.rows_in_raw, result.rows_deleted) == (92_331, 92_331, 1)
    assert query(warehouse, "select product_id from raw_pos.products where product_id in (1, 25671)") == [(1,)]


def test_what_is_read_of_the_till_is_of_one_moment(warehouse: Path, till: Till) -> None:
    read = pos.Till(till.url)
    with read.snapshot():
        before = read.totals()
        writer = (
            "import sys, sqlalchemy as sa\nengine = sa.create_engine(sys.argv[1])\nwith engine.begin() as connection:\n"
            "    connection.execute(sa.text('delete from products where product_id = 25671'))"
        )
        with subprocess.Popen([sys.executable, "-c", writer, till.url], cwd=ROOT) as process:
            if till.is_postgresql:  # whoever writes to an SQLite file waits for its readers
                assert process.wait(30) == 0
            assert read.totals() == before
            assert read.keys()["products"].num_rows == before["products"].rows == 92_331
            if not till.is_postgresql:
                process.kill()
    del warehouse


def test_days_come_again_and_bring_what_raw_lacks(year: Path, warehouse: Path) -> None:
    query(warehouse, "delete from raw_pos.transactions where week = 10")
    query(warehouse, "delete from raw_loyalty.household_events where event_id % 40 = 1")
    query(warehouse, "update raw_loyalty.households set tier = 'lead'")
    query(warehouse, "delete from raw_loyalty.coupons where campaign_id = 26")
    with pytest.raises(UserError, match="python -m ingestion backfill"):
        load()
    cursors = {system: state(warehouse, system) for system in ("pos", "loyalty")}
    pipelines.backfill(date(2017, 1, 1), LAST_DAY)
    same_as_the_year(
        year, warehouse, "raw_pos.transactions", "raw_loyalty.household_events", "raw_loyalty.households", "raw_loyalty.coupons"
    )
    assert {system: state(warehouse, system) for system in cursors} == cursors
    assert load()["pos.transactions"].rows_loaded == 0


def test_other_days_stay_as_they_are(warehouse: Path) -> None:
    query(warehouse, "delete from raw_pos.transactions where week in (10, 20)")
    with pytest.raises(UserError, match="Raw does not hold"):
        pipelines.backfill(date(2017, 3, 1), date(2017, 3, 31), chosen=["pos.transactions"])
    assert query(warehouse, "select count(*) > 0 from raw_pos.transactions where week = 10") == [(True,)]
    assert query(warehouse, "select count(*) from raw_pos.transactions where week = 20") == [(0,)]


def test_what_a_load_brought_comes_again(year: Path, increments: Path, warehouse: Path) -> None:
    del increments
    ((load_id,),) = query(warehouse, "select distinct load_id from raw_meta.loads where resource = 'pos.transactions'")
    query(warehouse, "delete from raw_pos.transactions where week = 33")
    pipelines.replay(load_id)
    same_as_the_year(year, warehouse, "raw_pos.transactions", "raw_pos.products")
    with pytest.raises(UserError, match=r"No load 1\.5 is in the history"):
        pipelines.replay("1.5")


def test_a_resource_that_is_reset_is_fetched_anew(year: Path, warehouse: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for resource in ("pos.transactions", "loyalty.coupons", "loyalty.household_events"):
        assert __main__.main(["reset", resource]) == 0
    assert query(warehouse, "from raw_meta.clock") == []
    assert __main__.main(["status"]) == 1
    assert "Raw is not whole" in capsys.readouterr().out
    with pytest.raises(UserError, match="No load has been completed yet"):
        pipelines.backfill(LAST_DAY, LAST_DAY)
    load()
    same_as_the_year(year, warehouse, "raw_pos.transactions", "raw_loyalty.coupons", "raw_loyalty.household_events")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["backfill", "--from", "2017-03-02", "--until", "2017-03-01"], "give --from and --to in order"),
        (["backfill", "--from", "soon", "--until", "2017-03-01"], "'soon' is not a date"),
        (["backfill", "--from", "2017-03-01", "--until", "2017-03-01", "pos.sales"], "There is no resource pos.sales"),
        (["reset", "pos"], "There is no resource pos"),
        (["replay", "'; drop table x"], "No load '; drop table x is in the history"),
    ],
)
@pytest.mark.usefixtures("warehouse")
def test_bad_input(command: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert __main__.main(command) == 2
    assert said in capsys.readouterr().err


def test_the_history_tells_of_each_run(warehouse: Path, till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    before = query(warehouse, "select count(*) from raw_meta.runs")[0][0]
    till.change("delete from products where product_id = 25671")
    load()
    columns = "command, outcome, error is null, ended_at >= started_at"
    newest = f"select {columns} from raw_meta.runs order by started_at desc limit 1"
    assert query(warehouse, newest) == [("load", "completed", True, True)]
    deleted = query(warehouse, "select resource, rows_deleted from raw_meta.loads where rows_deleted > 0")
    assert deleted == [("pos.products", 1)]
    monkeypatch.setenv("SOURCES__LOYALTY__CLIENT_SECRET", "hush-hush")
    with pytest.raises(UserError):
        load()
    ((command, outcome, error),) = query(warehouse, "select command, outcome, error from raw_meta.runs order by started_at desc limit 1")
    assert (command, outcome) == ("load", "failed")
    assert "refuses the client 'aisle'" in error
    assert "hush-hush" not in error
    assert query(warehouse, "select count(*) from raw_meta.runs") == [(before + 2,)]


def test_a_first_load_is_told_row_for_row(warehouse: Path) -> None:
    told = dict(query(warehouse, "select resource, rows_loaded from raw_meta.loads"))
    assert told == dict(query(warehouse, "select resource, row_count from raw_meta.source_totals"))
    assert query(warehouse, "select min(bytes_loaded) > 0 from raw_meta.loads where resource like 'pos.%'") == [(True,)]
    ((first, last),) = query(warehouse, "select first_at, last_at from raw_meta.loads where resource = 'pos.transactions'")
    assert datetime(2017, 1, 1) < first < last < datetime(2018, 1, 1, 5)


def state(folder: Path, system: str) -> str:
    """Where the cursors of a system stand."""
    sources = json.loads((folder / "dlt" / system / "state.json").read_text())["sources"][system]["resources"]
    return json.dumps({name: held.get("incremental") for name, held in sources.items()}, sort_keys=True)


@pytest.fixture(autouse=True)
def grocer_runs(warehouse: Path) -> None:
    """Started once a test: a load that finds it running leaves it so."""
    del warehouse
    systems.up(LAST_DAY, HOUSEHOLDS)
