"""What dbt adds to its own SQL is told beside that SQL, which has to run without dbt."""

import shutil
from pathlib import Path

import duckdb

from benchmarks import building
from tests.support import Warehouse


def test_what_dbt_compiled_runs_in_one_process_and_makes_the_same_tables(subset: Warehouse, tmp_path: Path) -> None:
    for file in (subset.raw, subset.built):
        shutil.copy(file, tmp_path)
    shutil.copytree(subset.folder / "target", tmp_path / "target")
    assert building.compiled_sql(tmp_path) > 0
    tables = "select schema_name, table_name, estimated_size from duckdb_tables() where schema_name = 'star' order by all"
    found = []
    for file in (subset.built, tmp_path / "by_hand" / "aisle.duckdb"):
        with duckdb.connect(str(file), read_only=True) as connection:
            found.append(connection.execute(tables).fetchall())
    assert found[0] == found[1] != []
