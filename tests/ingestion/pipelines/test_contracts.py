"""A source that drifts from its contract: the load stops with one sentence, or the contract says what becomes of the rows and values."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa

from ingestion import pipelines
from ingestion.destinations import duckdb_raw
from ingestion.errors import UserError
from ingestion.failures import unwrapped
from ingestion.grocer import systems, till, till_databases
from ingestion.grocer.systems import Grocer
from ingestion.loaders.fitting import Fit
from ingestion.pipelines import System
from ingestion.schemas import FREEZE, MODES, Column, Contract, contracts, parsed
from ingestion.sources import loyalty, pos, promotions
from tests.ingestion.pipelines.conftest import HOUSEHOLDS, LAST_DAY

TILLS = ["sqlite"]  # what concerns the till runs on both by itself
COUPON = {"coupon_upc": "10000085207", "product_id": 9676830, "campaign_id": 26}
NEW_FILE = "promotions_2018_w01.parquet"
ROWS = "(values (1, 2, '0', 'A', 54), (3, 4, '5', 'H', 54)) as t (product_id, store_id, display_location, mailer_location, week)"
Modes = Callable[..., None]


def load(system: System) -> int:
    """Load a system; gives how many rows and values it counted as rejected."""
    history = pipelines.History("test")
    with duckdb_raw.opened() as raw, unwrapped(system.name):
        pipelines.run(raw, system, history)
    return sum(load.rows_rejected for load in history.loads)


def raw(folder: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(folder / "raw.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def columns(folder: Path, table: str) -> dict[str, str]:
    return {name: kind.lower() for name, kind, *_ in raw(folder, f"describe raw_{table}")}


@pytest.fixture
def on_drift(monkeypatch: pytest.MonkeyPatch) -> Modes:
    """Let the contract of a resource (`pos.products`) say what a drift does."""

    def say(resource: str, **modes: str) -> None:
        source, _, name = resource.partition(".")
        changed = replace(contracts(source)[name], on_drift=FREEZE | modes)
        monkeypatch.setitem(contracts(source), name, changed)
        if source == "promotions":
            monkeypatch.setattr(promotions, "CONTRACT", changed)

    return say


# The till


@pytest.fixture(scope="module")
def filled(request: pytest.FixtureRequest) -> str:
    """A till in PostgreSQL, filled like the shared warehouses'. Tests copy it and never change it."""
    server = request.getfixturevalue("postgres_server")
    execute(f"{server}/postgres", "create database contracts")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GROCER_TILL_URL", f"{server}/contracts")
        till.fill(till_databases.configured(), "a-grocer", LAST_DAY, HOUSEHOLDS)
    return f"{server}/contracts"


@pytest.fixture(params=["sqlite", "postgresql"])
def till_url(warehouse: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The loaded warehouse's till, which a test may change, in each database."""
    if request.param == "sqlite":
        yield f"sqlite:///{warehouse}/grocer/till.sqlite"
        return
    server = request.getfixturevalue("filled").removesuffix("/contracts")
    execute(f"{server}/postgres", "create database drifted template contracts")
    yield f"{server}/drifted"
    execute(f"{server}/postgres", "drop database drifted with (force)")


def execute(url: str, *statements: str) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
    engine.dispose()


CHANGED = "where product_id in (select product_id from products order by product_id limit 3)"
FIRST = "where product_id = (select min(product_id) from products)"
TOUCH = f"update products set updated_at = '2017-12-31 23:00:00' {CHANGED}"  # so that the load fetches three rows
TEXT = (
    "alter table products drop column manufacturer_id",
    "alter table products add column manufacturer_id text",
    "update products set manufacturer_id = '7'",
    f"update products set manufacturer_id = 'seven' {FIRST}",
)


@pytest.mark.parametrize(
    ("change", "drift"),
    [
        (["alter table products add column colour text"], "colour (varchar) is new"),
        (["alter table products drop column brand"], "brand is gone (was varchar)"),
        (
            ["alter table products rename column brand to make"],
            "brand is gone (was varchar); make (varchar) is new; perhaps renamed from brand to make",
        ),
        (
            ["alter table products drop column brand", "alter table products add column make bigint"],
            "brand is gone (was varchar); make (bigint) is new",
        ),
        (
            ["alter table products drop column brand", "alter table products add column brand numeric(5, 1)"],
            "brand was varchar and is now decimal(5,1)",
        ),
        ([f"update products set manufacturer_id = null {FIRST}", TOUCH], "manufacturer_id was not null and is now null in 1 row"),
    ],
)
def test_a_frozen_table_of_the_till_stops_the_load(warehouse: Path, till_url: str, change: list[str], drift: str) -> None:
    before = raw(warehouse, "from raw_pos.products order by product_id")
    execute(till_url, *change)
    with pytest.raises(UserError) as error:
        load(pipelines.of_till(till_url))
    said = str(error.value)
    assert said.startswith(f"pos.products no longer keeps its contract: {drift}. It was found in table products: ")
    assert "ingestion/schemas/pos.yaml" in said
    assert raw(warehouse, "from raw_pos.products order by product_id") == before


@pytest.mark.usefixtures("warehouse")
def test_the_till_is_described_as_its_contracts_promise(till_url: str) -> None:
    now = pos.Till(till_url).columns_now()
    assert [contract.drifts(now[name]) for name, contract in contracts("pos").items()] == [[], []]
    execute(till_url, "drop table products")
    assert pos.Till(till_url).columns_now()["products"] == {}


@pytest.mark.usefixtures("warehouse")
def test_a_table_that_is_gone_stops_the_load_whatever_the_contract_says(till_url: str, on_drift: Modes) -> None:
    on_drift("pos.products", missing_column="evolve")
    execute(till_url, "drop table products")
    with pytest.raises(UserError, match=r"pos\.products no longer keeps its contract: the table is gone\. "):
        load(pipelines.of_till(till_url))


def test_a_new_column_of_the_till_comes_into_raw(warehouse: Path, till_url: str, on_drift: Modes, capsys: Any) -> None:
    on_drift("pos.products", new_column="evolve")
    execute(till_url, "alter table products add column colour text", f"update products set colour = 'red' {CHANGED}", TOUCH)
    assert load(pipelines.of_till(till_url)) == 0
    assert "pos.products: colour (varchar) is new; raw takes it in table products" in capsys.readouterr().err
    assert columns(warehouse, "pos.products")["colour"] == "varchar"
    assert raw(warehouse, "select colour, count(*) from raw_pos.products group by all order by all") == [("red", 3), (None, 92_328)]
    assert load(pipelines.of_till(till_url)) == 0


def test_a_new_column_is_named_as_dlt_names_columns(warehouse: Path, till_url: str, on_drift: Modes) -> None:
    on_drift("pos.products", new_column="evolve")
    column = '"the ""Colour"" [red]"'
    execute(till_url, f"alter table products add column {column} text", f"update products set {column} = 'red' {CHANGED}", TOUCH)
    load(pipelines.of_till(till_url))
    assert raw(warehouse, "select count(the_colour_redx) from raw_pos.products") == [(3,)]


def test_a_new_column_of_the_till_is_left_out(warehouse: Path, till_url: str, on_drift: Modes, capsys: Any) -> None:
    on_drift("pos.products", new_column="discard_value")
    before = columns(warehouse, "pos.products")
    execute(till_url, "alter table products add column colour text", f"update products set colour = 'red', brand = 'B' {CHANGED}", TOUCH)
    assert load(pipelines.of_till(till_url)) == 3
    assert "colour (varchar) is new; 3 values left out in table products" in capsys.readouterr().err
    assert columns(warehouse, "pos.products") == before
    assert raw(warehouse, "select count(*) from raw_pos.products where brand = 'B'") == [(3,)]


def test_a_missing_column_of_the_till_is_null_from_then_on(warehouse: Path, till_url: str, on_drift: Modes, capsys: Any) -> None:
    on_drift("pos.products", missing_column="evolve")
    known = raw(warehouse, "select count(brand) from raw_pos.products")[0][0]
    execute(till_url, "alter table products drop column brand", "update products set updated_at = '2017-01-01 00:00:00'", TOUCH)
    assert load(pipelines.of_till(till_url)) == 0
    assert "brand is gone (was varchar); it is null from now on" in capsys.readouterr().err
    assert raw(warehouse, "select count(brand) from raw_pos.products") == [(known - 3,)]


@pytest.mark.usefixtures("warehouse")
def test_a_missing_column_that_must_not_be_null_is_judged_as_null(till_url: str, on_drift: Modes) -> None:
    on_drift("pos.products", missing_column="evolve")
    execute(till_url, "alter table products drop column manufacturer_id", TOUCH)
    with pytest.raises(UserError, match="manufacturer_id was not null and is now null in"):
        load(pipelines.of_till(till_url))


@pytest.mark.parametrize(
    ("modes", "first", "told"),
    [
        ({"data_type": "discard_row"}, "as it was", "1 row left out"),
        ({"data_type": "discard_value", "nullable": "evolve"}, None, "1 value left out"),
        ({"data_type": "discard_value", "nullable": "discard_row"}, "as it was", "null in 1 row; left out"),
    ],
)
def test_a_retyped_column_of_the_till(
    warehouse: Path, till_url: str, on_drift: Modes, capsys: Any, modes: dict[str, str], first: Any, told: str
) -> None:
    on_drift("pos.products", **modes)
    ((product, maker),) = raw(warehouse, "select product_id, manufacturer_id from raw_pos.products order by all limit 1")
    execute(till_url, *TEXT, TOUCH)
    assert load(pipelines.of_till(till_url)) == len([mode for mode in modes.values() if mode.startswith("discard")])
    said = capsys.readouterr().err
    assert "pos.products: manufacturer_id was bigint and is now varchar; 1 " in said
    assert told in said
    kept = dict(raw(warehouse, "select product_id, manufacturer_id from raw_pos.products order by product_id limit 3"))
    assert kept.pop(product) == (maker if first == "as it was" else first)
    assert set(kept.values()) == {7}


@pytest.mark.usefixtures("warehouse")
def test_a_discarded_value_that_must_not_be_null_stops_the_load(till_url: str, on_drift: Modes) -> None:
    on_drift("pos.products", data_type="discard_value")
    execute(till_url, *TEXT, TOUCH)
    with pytest.raises(UserError, match="manufacturer_id was not null and is now null in 1 row"):
        load(pipelines.of_till(till_url))


@pytest.mark.parametrize(("mode", "rejected", "nulls"), [("evolve", 0, 1), ("discard_row", 1, 0)])
def test_a_null_in_the_till(warehouse: Path, till_url: str, on_drift: Modes, capsys: Any, mode: str, rejected: int, nulls: int) -> None:
    on_drift("pos.products", nullable=mode)
    execute(till_url, f"update products set manufacturer_id = null {FIRST}", f"update products set brand = 'B' {CHANGED}", TOUCH)
    assert load(pipelines.of_till(till_url)) == rejected
    assert "manufacturer_id was not null and is now null in 1 row" in capsys.readouterr().err
    assert raw(warehouse, "select count(*) - count(manufacturer_id) from raw_pos.products") == [(nulls,)]
    assert raw(warehouse, "select count(*) from raw_pos.products where brand = 'B'") == [(3 - rejected,)]


# The files


def of_drops(folder: Path) -> System:
    place = f"{folder}/grocer/drops"
    return System("promotions", lambda: promotions.promotions(place), lambda: promotions.source_totals(place))


def drop(folder: Path, select: str) -> None:
    """One more weekly file."""
    duckdb.execute(f"copy (select {select} from {ROWS}) to '{folder}/grocer/drops/{NEW_FILE}'")


DRIFTED_FILES = {
    "new": "*, 'red' as colour",
    "gone": "* exclude (mailer_location)",
    "renamed": "* rename (mailer_location as mailer)",
    "retyped": "* replace (if(product_id = 1, 'w54', '54') as week)",
    "null": "* replace (if(product_id = 1, null, store_id) as store_id)",
}
LOADED = [(1, 2, "0", "A", 54), (3, 4, "5", "H", 54)]


@pytest.mark.parametrize(
    ("change", "drift"),
    [
        ("new", "colour (varchar) is new"),
        ("gone", "mailer_location is gone (was varchar)"),
        ("renamed", "mailer_location is gone (was varchar); mailer (varchar) is new; perhaps renamed from mailer_location to mailer"),
        ("retyped", "week was bigint and is now varchar"),
        ("null", "store_id was not null and is now null in 1 row"),
    ],
)
def test_a_frozen_promotion_file_stops_the_load(warehouse: Path, change: str, drift: str) -> None:
    drop(warehouse, DRIFTED_FILES[change])
    with pytest.raises(UserError) as error:
        load(of_drops(warehouse))
    assert str(error.value).startswith(f"promotions.promotions no longer keeps its contract: {drift}. It was found in {NEW_FILE}: ")


@pytest.mark.parametrize(
    ("change", "modes", "loaded", "rejected", "told"),
    [
        ("new", {"new_column": "evolve"}, LOADED, 0, "colour (varchar) is new; raw takes it"),
        ("new", {"new_column": "discard_value"}, LOADED, 2, "colour (varchar) is new; 2 values left out"),
        (
            "gone",
            {"missing_column": "evolve", "nullable": "evolve"},
            [(*row[:3], None, 54) for row in LOADED],
            0,
            "mailer_location is gone (was varchar); it is null from now on",
        ),
        ("gone", {"missing_column": "evolve", "nullable": "discard_row"}, [], 2, "null in 2 rows; left out"),
        ("retyped", {"data_type": "discard_row"}, LOADED[1:], 1, "week was bigint and is now varchar; 1 row left out"),
        (
            "retyped",
            {"data_type": "discard_value", "nullable": "evolve"},
            [(1, 2, "0", "A", None), LOADED[1]],
            1,
            "week was bigint and is now varchar; 1 value left out",
        ),
        ("null", {"nullable": "evolve"}, [(1, None, "0", "A", 54), LOADED[1]], 0, "null in 1 row; raw takes it"),
        ("null", {"nullable": "discard_row"}, LOADED[1:], 1, "null in 1 row; left out"),
    ],
)
def test_a_promotion_file_drifts(
    warehouse: Path, on_drift: Modes, capsys: Any, change: str, modes: dict[str, str], loaded: list[tuple], rejected: int, told: str
) -> None:
    on_drift("promotions.promotions", **modes)
    ((rows,),) = raw(warehouse, "select count(*) from raw_promotions.promotions")
    drop(warehouse, DRIFTED_FILES[change])
    file = (warehouse / "grocer/drops" / NEW_FILE).read_bytes()
    assert load(of_drops(warehouse)) == rejected
    assert f"{told} in {NEW_FILE}" in capsys.readouterr().err
    wanted = "product_id, store_id, display_location, mailer_location, week"
    assert raw(warehouse, f"select {wanted} from raw_promotions.promotions where product_id < 5 order by product_id") == loaded
    assert raw(warehouse, "select count(*) from raw_promotions.promotions") == [(rows + len(loaded),)]
    assert ("colour" in columns(warehouse, "promotions.promotions")) == (modes.get("new_column") == "evolve")
    assert (warehouse / "grocer/drops" / NEW_FILE).read_bytes() == file


@pytest.mark.parametrize(
    ("found", "promised", "taken"),
    [
        ("1.5::double", "bigint", None),
        ("2.0::double", "bigint", 2),
        ("'1.5'", "bigint", None),
        ("'12.5'", "decimal(12,2)", "12.50"),
        ("'12.505'", "decimal(12,2)", None),
        ("1e30::double", "decimal(12,2)", None),
        ("timestamp '2017-03-01 00:00:00'", "date", "2017-03-01"),
        ("timestamp '2017-03-01 12:00:00'", "date", None),
        ("timestamptz '2017-03-01 05:00:00-05'", "timestamp", "2017-03-01 10:00:00"),
        ("'2017-03-01T05:00:00'", "timestamp", "2017-03-01 05:00:00"),
        ("'2017-03-01T05:00:00-05:00'", "timestamp", None),
        ("'tomorrow'", "timestamp", None),
        ("true", "date", None),
        ("1.5::double", "varchar", "1.5"),
    ],
)
def test_a_value_fits_when_nothing_of_it_is_lost(found: str, promised: str, taken: Any) -> None:
    with duckdb.connect() as connection:
        rows = connection.sql(f"select {found} as x")
        contract = Contract("pos.x", (Column("x", promised, required=False),), FREEZE | {"data_type": "discard_value"})
        fit = Fit(contract, {"x": str(rows.types[0]).lower().replace("timestamp with time zone", "timestamptz")})
        value, unfit = rows.project(fit.projection).fetchone()
    assert (value if value is None else str(value)) == (taken if taken is None else str(taken))
    assert unfit == (taken is None)


# The API


@pytest.fixture(scope="module")
def service(year: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grocer]:
    """The real service, which tests only read."""
    folder = tmp_path_factory.mktemp("service")
    shutil.copytree(year / "grocer", folder / "grocer")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AISLE_WAREHOUSE", str(folder))
        grocer = systems.up(LAST_DAY, HOUSEHOLDS)
    yield grocer
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AISLE_WAREHOUSE", str(folder))
        systems.down()


@pytest.mark.parametrize(
    ("change", "drift"),
    [
        ({"colour": "red"}, "colour (varchar) is new"),
        ({"product_id": "x"}, "product_id was bigint and is now bigint or varchar"),
        ({"product_id": 1.5}, "product_id was bigint and is now bigint or double"),
        ({"coupon_upc": 10000085207}, "coupon_upc was varchar and is now bigint or varchar"),
        ({"campaign_id": None}, "campaign_id was not null and is now null in 1 row"),
    ],
)
def test_a_frozen_resource_of_the_api_stops_the_load(change: dict[str, Any], drift: str) -> None:
    with pytest.raises(UserError) as error:
        loyalty.to_arrow(contracts("loyalty")["coupons"].at("page 7 of /v1/coupons"), [COUPON, COUPON | change])
    assert str(error.value).startswith(
        f"loyalty.coupons no longer keeps its contract: {drift}. It was found in page 7 of /v1/coupons: agree on "
    )


def test_a_renamed_field_of_the_api_stops_the_load() -> None:
    rows = [{"coupon": COUPON["coupon_upc"], "product_id": 1, "campaign_id": 26}]
    with pytest.raises(UserError, match=r"coupon \(varchar\) is new; perhaps renamed from coupon_upc to coupon\. Agree"):
        loyalty.to_arrow(contracts("loyalty")["coupons"], rows)


@pytest.mark.parametrize(
    ("change", "modes", "rejected", "told", "query", "answer"),
    [
        ({"colour": "red"}, {"new_column": "evolve"}, 0, "colour (varchar) is new; raw takes it", "count(*) filter (colour = 'red')", 1),
        ({"colour": [1]}, {"new_column": "evolve"}, 0, "colour (list) is new; raw takes it", "max(colour)", "[1]"),
        ({"colour": "red"}, {"new_column": "discard_value"}, 1, "colour (varchar) is new; 1 value left out", "count(*)", 100),
        (
            {"tier": 7},
            {"data_type": "discard_value", "nullable": "evolve"},
            1,
            "tier was varchar and is now bigint or varchar; 1 value left out",
            "count(tier)",
            99,
        ),
        ({"home_store_id": "x"}, {"data_type": "discard_row"}, 1, "1 row left out", "count(*)", 99),
        ({"home_store_id": None}, {"nullable": "discard_row"}, 1, "null in 1 row; left out", "count(*)", 99),
        ({"home_store_id": None}, {"nullable": "evolve"}, 0, "null in 1 row; raw takes it", "count(*) filter (home_store_id is null)", 1),
        ({"age": ...}, {"missing_column": "evolve"}, 0, "age is gone (was varchar); it is null from now on", "count(age)", 0),
    ],
)
def test_a_resource_of_the_api_drifts(
    service: Grocer,
    tmp_path: Path,
    on_drift: Modes,
    capsys: Any,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, Any],
    modes: dict[str, str],
    rejected: int,
    told: str,
    query: str,
    answer: Any,
) -> None:
    """The real service's rows, the first of which (or all of them, for a field that is gone) are changed on their way."""
    on_drift("loyalty.households", **modes)
    to_arrow = loyalty.to_arrow

    def changed(contract: Contract, rows: list[dict[str, Any]]) -> Any:
        known = [{name: value for name, value in row.items() if change.get(name) is not ...} for row in rows]
        return to_arrow(contract, [known[0] | {name: value for name, value in change.items() if value is not ...}, *known[1:]])

    monkeypatch.setattr(loyalty, "to_arrow", changed)
    monkeypatch.setenv("AISLE_WAREHOUSE", str(tmp_path))
    (tmp_path / "dlt").mkdir()
    (system,) = (system for system in pipelines.systems_of(service) if system.name == "loyalty")
    assert load(replace(system, source=lambda: system.source().with_resources("households"))) == rejected
    said = capsys.readouterr().err
    assert told in said
    assert "in page 1 of /v1/households, as ingestion/schemas/loyalty.yaml says." in said
    assert raw(tmp_path, f"select {query} from raw_loyalty.households") == [(answer,)]
    if change == {"colour": "red"}:
        assert ("colour" in columns(tmp_path, "loyalty.households")) == (modes["new_column"] == "evolve")


@pytest.mark.parametrize("first", [None, 7])
def test_a_new_field_of_the_api_differs_from_page_to_page(
    service: Grocer, tmp_path: Path, on_drift: Modes, monkeypatch: pytest.MonkeyPatch, first: Any
) -> None:
    """Pages without a value take part; a text after a number stops the load."""
    on_drift("loyalty.coupons", new_column="evolve")
    to_arrow = loyalty.to_arrow

    def changed(contract: Contract, rows: list[dict[str, Any]]) -> Any:
        colour = first if contract.where.startswith("page 1 of") else "red"
        return to_arrow(contract, [row | {"colour": colour} for row in rows])

    monkeypatch.setattr(loyalty, "to_arrow", changed)
    monkeypatch.setenv("AISLE_WAREHOUSE", str(tmp_path))
    (tmp_path / "dlt").mkdir()
    (system,) = (system for system in pipelines.systems_of(service) if system.name == "loyalty")
    system = replace(system, source=partial(lambda source: source().with_resources("coupons"), system.source))
    if first is None:
        load(system)
        assert raw(tmp_path, "select count(*) - count(colour) from raw_loyalty.coupons") == [(1000,)]
    else:
        with pytest.raises(UserError, match=r"loyalty\.coupons no longer keeps its contract: a new column is of one type on one page"):
            load(system)


def test_a_moment_without_its_offset_is_not_a_moment() -> None:
    row = {"campaign_id": 1, "household_id": 2, "updated_at": "2017-03-01T05:00:00"}
    with pytest.raises(UserError, match="updated_at was timestamp and is now varchar"):
        loyalty.to_arrow(contracts("loyalty")["campaign_memberships"], [row])


def test_moments_arrive_as_utc() -> None:
    row = {"campaign_id": 1, "household_id": 2, "updated_at": "2017-03-01T00:00:00-05:00"}
    table = loyalty.to_arrow(contracts("loyalty")["campaign_memberships"], [row, row | {"updated_at": "2017-03-01T05:00:00Z"}])
    assert [str(moment) for moment in table["updated_at"].to_pylist()] == ["2017-03-01 05:00:00"] * 2


# All of them


def test_a_load_says_how_many_rows_it_left_out(warehouse: Path, on_drift: Modes) -> None:
    drop(warehouse, DRIFTED_FILES["null"])
    on_drift("promotions.promotions", nullable="discard_row")
    results = {result.resource: result for result in pipelines.load(LAST_DAY, HOUSEHOLDS)}
    files = results["promotions.promotions"]
    assert (files.rows_in_source, files.rows_in_raw) == (229_634, 229_634)


def test_yaml_says_what_a_drift_does() -> None:
    of_b = "{new_column: discard_value, nullable: discard_row}"
    found = parsed("pos", f"on_drift: {{new_column: evolve}}\na:\n  x: bigint not null\nb:\n  on_drift: {of_b}\n  y: date\n")
    assert found["a"] == Contract("pos.a", (Column("x", "bigint", required=True),), FREEZE | {"new_column": "evolve"})
    assert found["b"].on_drift == FREEZE | {"new_column": "discard_value", "nullable": "discard_row"}
    assert [column.name for column in found["b"].columns] == ["y"]


@pytest.mark.parametrize("said", ["{new_column: discard_row}", "{columns: evolve}", "{nullable: maybe}"])
def test_a_mode_that_there_is_not(said: str) -> None:
    with pytest.raises(UserError, match=r"ingestion/schemas/pos\.yaml says .* for pos\.a, which is no mode of a contract: choose of "):
        parsed("pos", f"a:\n  on_drift: {said}\n  x: bigint\n")


@pytest.mark.parametrize("source", ["pos", "loyalty", "promotions"])
def test_the_grocers_own_contracts_are_frozen(source: str) -> None:
    assert {mode for contract in contracts(source).values() for mode in contract.on_drift.values()} == {"freeze"}
    assert all(modes[0] == "freeze" for modes in MODES.values())


def test_dlt_refuses_what_slips_past_our_own_check(warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingestion.schemas.Contract.drifts", lambda *_: [])
    wider = promotions.CONTRACT.arrow.append(promotions.CONTRACT.arrow.field(0).with_name("colour"))
    monkeypatch.setattr("ingestion.schemas.Contract.arrow", wider)
    drop(warehouse, "*, 3 as colour")
    with pytest.raises(UserError, match=r"promotions\.promotions no longer keeps its contract: colour"):
        load(of_drops(warehouse))
