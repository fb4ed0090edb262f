"""Opening the served file: always the newest version, never a write, one sentence when it cannot be."""

from pathlib import Path

import duckdb
import pytest

from ingestion.errors import UserError
from serving.reader import connect
from tests.serving.world import World


def put(world: World, version: int) -> None:
    """Give the served file a version as `publish` does: made aside, then renamed."""
    aside = world.served.with_name("aside") / "aisle.duckdb"
    aside.parent.mkdir(parents=True)
    with duckdb.connect(str(aside)) as connection:
        connection.execute(
            f"create schema star; create table star.t as select {version} as version, md5(i::varchar) as filler from range(50000) as r (i)"
        )
        connection.execute("create view star.v as select distinct version from aisle.star.t")
    aside.replace(world.served)
    aside.parent.rmdir()


def version(connection: duckdb.DuckDBPyConnection) -> int:
    return connection.execute("select version from star.v").fetchone()[0]


def test_each_connection_has_the_version_of_its_opening(empty_world: World) -> None:
    put(empty_world, 1)
    with connect() as first:
        put(empty_world, 2)
        with connect() as second:
            assert (version(first), version(second)) == (1, 2)
        put(empty_world, 3)
        with connect(external_access=False) as third:
            assert (version(first), version(third)) == (1, 3)


@pytest.mark.parametrize(
    "statement", ["create table star.n (i int)", "insert into star.t select 1, ''", "drop view star.v", "create schema n"]
)
def test_writing_is_refused(empty_world: World, statement: str) -> None:
    put(empty_world, 1)
    with connect() as connection, pytest.raises(duckdb.InvalidInputException, match="read-only"):
        connection.execute(statement)


def test_a_service_can_close_the_way_to_files_and_settings(empty_world: World, tmp_path: Path) -> None:
    put(empty_world, 1)
    file = tmp_path / "secret.csv"
    file.write_text("a\n1\n")
    with connect() as connection:
        assert connection.execute(f"from '{file}'").fetchall() == [(1,)]
    with connect(external_access=False) as connection:
        assert version(connection) == 1
        with pytest.raises(duckdb.PermissionException):
            connection.execute(f"from read_csv('{file}')")
        with pytest.raises(duckdb.InvalidInputException, match="locked"):
            connection.execute("set enable_external_access = true")


@pytest.mark.usefixtures("empty_world")
def test_nothing_published() -> None:
    with pytest.raises(UserError, match=r"Nothing is published .* `make demo`"), connect():
        pass


@pytest.mark.parametrize("part", [0, 10, 5000, 0.3, 0.95, 0.999])
def test_half_copied(empty_world: World, part: float) -> None:
    put(empty_world, 1)
    contents = empty_world.served.read_bytes()
    empty_world.served.write_bytes(contents[: int(len(contents) * part) if part < 1 else part])
    with pytest.raises(UserError, match=r"half-copied.*`make publish`"), connect():
        pass


def test_a_query_reaches_for_the_missing_end(empty_world: World) -> None:
    """As long as its blocks in use would need, but those at its end are missing: DuckDB itself notices only when a query reads them."""
    put(empty_world, 1)
    with duckdb.connect(str(empty_world.served)) as connection:
        connection.execute("create table star.last as select md5(i::varchar) as filler from range(50000) as r (i)")
    with duckdb.connect(str(empty_world.served)) as connection:
        connection.execute("drop table star.t cascade")
    contents = empty_world.served.read_bytes()
    empty_world.served.write_bytes(contents[: int(len(contents) * 0.6)])
    with pytest.raises(UserError, match=r"half-copied.*`make publish`"), connect() as connection:
        connection.execute("select max(filler) from star.last")


def test_free_space_at_the_end_may_be_cut_off(empty_world: World) -> None:
    """DuckDB's header still counts the blocks that it has given back to the disk."""
    put(empty_world, 1)
    for rows in (50_000, 1, 50_000, 1):
        with duckdb.connect(str(empty_world.served)) as connection:
            connection.execute(
                f"create or replace table star.t as select 1 as version, md5(i::varchar) as filler from range({rows}) as r (i)"
            )
    with connect() as connection:
        blocks = connection.execute("select total_blocks * block_size from pragma_database_size() where database_name = 'aisle'").fetchone()
        assert blocks[0] > empty_world.served.stat().st_size
        assert version(connection) == 1


def test_written_by_a_newer_duckdb(empty_world: World) -> None:
    put(empty_world, 1)
    contents = bytearray(empty_world.served.read_bytes())
    contents[12:20] = (200).to_bytes(8, "little")  # the storage version; the header's checksum stands before it
    contents[:8] = header_checksum(contents[8:4096]).to_bytes(8, "little")
    empty_world.served.write_bytes(contents)
    with pytest.raises(UserError, match=r"newer DuckDB than this one.*`make install`"), connect():
        pass


def header_checksum(header: bytes) -> int:
    """DuckDB's checksum of a header block: 64-bit words, each multiplied, joined by xor."""
    result = 5381
    for start in range(0, len(header), 8):
        result ^= int.from_bytes(header[start : start + 8], "little") * 0xBF58476D1CE4E5B9 & (2**64 - 1)
    return result
