"""Each type of PostgreSQL goes through a whole pipeline into a DuckDB file and is the same there, or is refused in one sentence."""

import sqlite3
from contextlib import closing
from pathlib import Path

import dlt
import duckdb
import psycopg2
import pytest
import sqlalchemy as sa
from dlt.sources.sql_database import sql_table

from ingestion import settings
from ingestion.destinations.duckdb import RawDuckDb
from ingestion.errors import UserError, causes
from ingestion.loaders import duckdb_scanner, types
from ingestion.schemas import FREEZE, FROZEN, Column, Contract

PAGE = Path(__file__).parents[3] / "docs" / "loading-tables.md"
SETUP = "create type mood as enum ('ok', 'sad'); create type pair as (a int, b text); create domain few as integer check (value < 10)"
Cells = list[tuple[str | None, str]]
UUID = "ffffffff-ffff-4fff-8fff-ffffffffffff"

# PostgreSQL's type, the contract's, the type in raw, values as PostgreSQL reads them, and as DuckDB writes them
KEPT = [
    ("smallint", "smallint", "SMALLINT", ["-32768", "32767"], None),
    ("smallint", "bigint", "BIGINT", ["-32768"], None),
    ("integer", "integer", "INTEGER", ["-2147483648", "2147483647"], None),
    ("bigint", "bigint", "BIGINT", ["-9223372036854775808", "9223372036854775807"], None),
    ("numeric(12,2)", "decimal(12,2)", "DECIMAL(12,2)", ["-9999999999.99", "0.01"], None),
    ("numeric(38,0)", "decimal(38,0)", "DECIMAL(38,0)", ["9" * 38], None),
    ("numeric(38,38)", "decimal(38,38)", "DECIMAL(38,38)", ["0." + "9" * 38], ["." + "9" * 38]),
    ("real", "double", "DOUBLE", ["NaN", "Infinity", "0.1"], ["nan", "inf", "0.10000000149011612"]),
    ("double precision", "double", "DOUBLE", ["NaN", "-Infinity", "5e-324", "0.1"], ["nan", "-inf", "5e-324", "0.1"]),
    ("boolean", "boolean", "BOOLEAN", ["true", "false"], None),
    ("text", "varchar", "VARCHAR", ["", "é 漢 '", "a\nb"], None),
    ("varchar(3)", "varchar", "VARCHAR", ["abc"], None),
    ("char(5)", "varchar", "VARCHAR", ["a"], None),
    ("mood", "varchar", "VARCHAR", ["sad"], None),
    ("uuid", "uuid", "VARCHAR", [UUID.upper()], [UUID]),
    ("text", "uuid", "VARCHAR", [UUID.upper()], [UUID]),
    ("json", "json", "JSON", ['{"a": 1,  "a": 1.10}', "null"], None),
    ("jsonb", "json", "JSON", ['{"a": 1.10}'], None),
    ("bytea", "blob", "BLOB", ["\\x00ff41"], ["\\x00\\xFFA"]),
    ("date", "date", "DATE", ["0001-01-01", "5874897-12-31"], None),
    ("date", "date", "DATE", ["infinity", "-infinity"], None),
    ("date", "date", "DATE", ["4713-01-01 BC"], ["4713-01-01 (BC)"]),
    ("timestamp", "timestamp", "TIMESTAMP", ["infinity", "-infinity", "2017-01-01 00:00:00.000001"], None),
    ("timestamp", "timestamp", "TIMESTAMP", ["4713-01-01 00:00:00 BC", types.LAST_MOMENT], ["4713-01-01 (BC) 00:00:00", types.LAST_MOMENT]),
    ("timestamptz", "timestamptz", "TIMESTAMP WITH TIME ZONE", ["2017-01-01 00:00:00+05"], ["2016-12-31 19:00:00+00"]),
    ("timestamptz", "timestamptz", "TIMESTAMP WITH TIME ZONE", ["infinity", "-infinity"], None),
    ("time", "time", "TIME", ["00:00:00", "23:59:59.999999"], None),
    ("text[]", "varchar[]", "JSON", ['{a,NULL,"b,\\"c"}', "{}"], ['["a",null,"b,\\"c"]', "[]"]),
    ("bigint[]", "bigint[]", "JSON", ["{9223372036854775807,NULL}"], ["[9223372036854775807,null]"]),
    ("boolean[]", "boolean[]", "JSON", ["{t,f}"], ["[true,false]"]),
    ("uuid[]", "uuid[]", "JSON", [f"{{{UUID}}}"], [f'["{UUID}"]']),
]
REFUSED_VALUES = [
    ("numeric(12,2)", "decimal(12,2)", "NaN"),
    ("timestamp", "timestamp", "294276-12-31 23:59:59.999999"),
    ("timestamptz", "timestamptz", "294276-12-31 23:59:59.999999+00"),
    ("time", "time", "24:00:00"),
    ("text[]", "varchar[]", "{{a,b},{c,d}}"),
    ("integer[]", "integer[]", "[5:6]={1,2}"),
]
REFUSED_TYPES = [
    "numeric",
    "numeric(39,2)",
    "numeric(5,-2)",
    "numeric(2,4)",
    "timetz",
    "interval",
    "money",
    "inet",
    "xml",
    "bit(3)",
    "int4range",
]
REFUSED_TYPES += ["point", "pair", "few", "oid", "numeric(5,2)[]", "mood[]", "double precision[]"]


@pytest.fixture(scope="module")
def server(postgres_server: str) -> str:
    """A database of this module's own, with its types."""
    with closing(psycopg2.connect(f"{postgres_server}/postgres")) as connection:
        connection.autocommit = True
        connection.cursor().execute("create database types")
    return f"{postgres_server}/types"


@pytest.fixture
def url(server: str) -> str:
    """The database, empty."""
    return emptied(server)


@pytest.fixture(scope="module")
def kept(server: str, tmp_path_factory: pytest.TempPathFactory) -> list[Cells]:
    """What raw holds after one load of a table for each of KEPT."""
    tables = {f"things_{number}": (kind, promised, values) for number, (kind, promised, _, values, _) in enumerate(KEPT)}
    return loaded(emptied(server), tmp_path_factory.mktemp("kept"), tables)


def emptied(url: str) -> str:
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("drop schema public cascade; create schema public; set timezone to 'Asia/Tokyo'")
        cursor.execute(SETUP)
    return url


def loaded(url: str, folder: Path, tables: dict[str, tuple[str, str, list[str]]], on_drift: dict[str, str] | None = None) -> list[Cells]:
    """Tables of a type, a contract's type, values and a null in PostgreSQL, loaded into a DuckDB file: their cells as text, with type."""
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        for name, (kind, _, values) in tables.items():
            cursor.execute(f"create table {name} (id bigint, at timestamp default '2017-01-01', v {kind})")
            for number, value in enumerate([*values, None]):
                cursor.execute(f"insert into {name} (id, v) values (%s, cast(%s::text as {kind}))", (number, value))
    with pytest.MonkeyPatch.context() as patch, duckdb_scanner.snapshot(sa.make_url(url)) as now:
        patch.setenv("AISLE_WAREHOUSE", str(folder))
        settings.dlt_folder().mkdir()
        resources = []
        for name, (_, promised, _) in tables.items():
            columns = (Column("id", "bigint", True), Column("at", "timestamp", True), Column("v", promised, False))
            contract = Contract(f"shop.{name}", columns, FREEZE | (on_drift or {}))
            things = sql_table(
                credentials=url,
                table=name,
                incremental=dlt.sources.incremental("id", range_start="open"),
                backend=duckdb_scanner.BACKEND,
                backend_kwargs={"contract": contract, "folder": folder, "snapshot": now, "moment": "at"},
                reflection_level="minimal",
            )
            things.apply_hints(columns=contract.hints, schema_contract=FROZEN)
            resources.append(things)
        destination = RawDuckDb(str(folder / "raw.duckdb"))
        pipeline = dlt.pipeline("types", pipelines_dir=str(folder / "pipelines"), destination=destination, dataset_name="raw_shop")
        pipeline.run(resources)
    with duckdb.connect(str(folder / "raw.duckdb")) as raw:
        raw.execute("set timezone = 'UTC'")
        return [raw.execute(f"select cast(v as varchar), typeof(v) from raw_shop.{name} order by id").fetchall() for name in tables]


@pytest.mark.parametrize("number", range(len(KEPT)), ids=lambda number: "-".join(str(value)[:24] for value in KEPT[number]))
def test_values_are_kept(kept: list[Cells], number: int) -> None:
    _, _, raw, values, written = KEPT[number]
    assert kept[number] == [(value, raw) for value in [*(written or values), None]]


@pytest.mark.parametrize(("kind", "promised", "value"), REFUSED_VALUES)
def test_a_value_that_raw_cannot_hold_is_named(url: str, tmp_path: Path, kind: str, promised: str, value: str) -> None:
    assert f"shop.things: v holds {value}, which no {promised} of raw can hold" in refused(url, tmp_path, kind, promised, [value])


@pytest.mark.parametrize("kind", REFUSED_TYPES)
@pytest.mark.filterwarnings("ignore:Did not recognize type")
def test_a_type_that_raw_cannot_hold_is_named(url: str, tmp_path: Path, kind: str) -> None:
    assert "which raw cannot hold exactly" in refused(url, tmp_path, kind, "varchar", [])


@pytest.mark.parametrize(
    ("kind", "promised", "values", "kept"),
    [
        ("bigint", "decimal(12,2)", ["7"], ["7.00"]),
        ("text", "timestamp", ["tomorrow", "2017-01-01 10:00:00"], [None, "2017-01-01 10:00:00"]),
        ("text", "time", ["24:00:01"], [None]),
    ],
)
def test_a_column_that_drifted_is_judged_by_its_contract(
    url: str, tmp_path: Path, kind: str, promised: str, values: list[str], kept: list[str | None]
) -> None:
    (cells,) = loaded(url, tmp_path, {"things": (kind, promised, values)}, {"data_type": "discard_value"})
    assert [value for value, _ in cells] == [*kept, None]


def refused(url: str, folder: Path, kind: str, promised: str, values: list[str]) -> str:
    """The one sentence of a load that fails; raw has no table then."""
    with pytest.raises(Exception, match="raw") as raised:
        loaded(url, folder, {"things": (kind, promised, values)})
    with duckdb.connect(str(folder / "raw.duckdb")) as raw:
        assert raw.execute("select count(*) from duckdb_tables() where table_name = 'things'").fetchall() == [(0,)]
    return next(str(cause) for cause in causes(raised.value) if isinstance(cause, UserError))


@pytest.mark.parametrize(("kind", "value"), [("integer", "many"), ("numeric(5, 2)", "cheap"), ("date", "tomorrow")])
def test_what_sqlite_holds_against_its_columns_type_is_one_sentence(tmp_path: Path, kind: str, value: str) -> None:
    """SQLite keeps any text in a column of any type; this one is not about the address."""
    file = tmp_path / "shop.sqlite"
    with closing(sqlite3.connect(file)) as database:
        database.execute(f"create table things (v {kind})")
        database.execute("insert into things values (?)", [value])
        database.commit()
    with pytest.raises(UserError) as raised, duckdb_scanner.attached(sa.make_url(f"sqlite:///{file}")) as connection:
        connection.execute("select v from things")
    said = str(raised.value)
    assert "shop.sqlite holds a value that the type of its column cannot (" in said
    assert f'"{value}"' in said
    assert said.endswith("mend the value or the column's type there, then load again.")
    assert "password" not in said


def test_the_page_has_the_table_of_the_code() -> None:
    page = PAGE.read_text()
    assert types.table_of_types() in page
    assert types.REFUSED in " ".join(page.split())
