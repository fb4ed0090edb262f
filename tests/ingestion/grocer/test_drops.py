"""The promotion files: which weeks, which rows, whole or not there."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingestion.grocer import data, drops
from ingestion.grocer.systems import Grocer
from tests.ingestion.grocer.support import MID_YEAR, YEAR_END


def rows(sql: str) -> list[tuple]:
    with duckdb.connect() as connection:
        return connection.execute(sql).fetchall()


def fingerprint(sql: str) -> list[tuple]:
    """What two bags of the same rows have in common, whatever their order: their number and the sum of their hashes."""
    return rows(f"select count(*), sum(hash(found)) from ({sql}) as found")


def test_there_is_a_file_a_week_with_that_week_alone(year: Grocer) -> None:
    files = sorted(file.name for file in Path(year.drops).iterdir())
    assert files == [f"promotions_2017_w{week:02d}.parquet" for week in range(1, 54)]
    assert rows(f"select count(*), count(distinct week) from '{year.drops}/*.parquet'") == [(229_633, 53)]
    week_of_name = "cast(regexp_extract(filename, 'w(\\d\\d)', 1) as integer)"
    weeks = f"select count(*) from read_parquet('{year.drops}/*.parquet', filename = true) where week != {week_of_name}"
    assert rows(weeks) == [(0,)]


def test_a_subset_has_every_promotion_of_what_it_bought_where_it_did(year: Grocer) -> None:
    source = data.parquet("promotions")
    bought = f"""
        select distinct product_id, store_id from '{data.parquet("transactions")}'
        where household_id in (select distinct household_id from '{data.parquet("transactions")}' order by 1 limit 100)
    """
    expected = f"select * from '{source}' where (product_id, store_id) in ({bought})"
    assert fingerprint(f"from '{year.drops}/*.parquet'") == fingerprint(expected)


def test_all_households_have_the_source_itself(tmp_path: Path) -> None:
    advanced = []
    drops.fill(tmp_path, MID_YEAR.replace(month=1, day=20), None, advanced.append)
    assert sum(advanced) == 4
    source = f"select * from '{data.parquet('promotions')}' where week <= 4"
    assert fingerprint(f"from '{tmp_path}/*.parquet'") == fingerprint(source)
    schema = pq.read_schema(drops.file_of_week(tmp_path, 4))
    whole, text = pa.int64(), pa.string()
    assert schema.names == ["product_id", "store_id", "display_location", "mailer_location", "week"]
    assert schema.types == [whole, whole, text, text, whole], "plain to every reader, not dictionaries"


def test_only_missing_files_are_written(tmp_path: Path, year: Grocer) -> None:
    for week in range(1, 54):
        drops.file_of_week(tmp_path, week).write_bytes(b"old")
    drops.file_of_week(tmp_path, 9).unlink()
    assert drops.missing_weeks(tmp_path, YEAR_END) == [9]
    drops.fill(tmp_path, YEAR_END, 100, lambda _: None)
    new = [file.name for file in tmp_path.iterdir() if file.read_bytes() != b"old"]
    assert new == ["promotions_2017_w09.parquet"]
    assert (tmp_path / new[0]).read_bytes() == drops.file_of_week(Path(year.drops), 9).read_bytes()


def test_a_write_that_fails_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(_: pa.Table, where: Path, **__: object) -> None:
        where.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pyarrow.parquet.write_table", half)
    with pytest.raises(OSError, match="No space left"):
        drops.fill(tmp_path, YEAR_END, 2, lambda _: None)
    assert len(drops.missing_weeks(tmp_path, YEAR_END)) == 53
    assert list(tmp_path.glob("*.parquet")) == []
