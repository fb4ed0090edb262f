"""Both engines hold the same cells; and a cell, a row or a type that differs is found."""

import shutil
from pathlib import Path

import duckdb
import pytest

from ingestion.errors import UserError
from tests.athena_build import AthenaBuild
from tests.parity.compare import Comparison, Relation, athena_type, compare, parts, relations, type_differences
from tests.support import Warehouse

STORES = Relation("star", "dim_stores", ("store_key",))


@pytest.fixture
def lake(athena_build: AthenaBuild, monkeypatch: pytest.MonkeyPatch) -> AthenaBuild:
    """The build on Athena, with this process's environment pointing at it."""
    for name, value in athena_build.environment().items():
        monkeypatch.setenv(name, value)
    return athena_build


def test_a_half_year_and_the_rest_on_athena_equal_one_go_on_duckdb(subset: Warehouse, lake: AthenaBuild) -> None:
    wanted = relations(subset.artifact("manifest"))
    found = list(compare(subset.built, lake.schema, wanted))
    assert [(str(one.relation), one.complaints) for one in found if not one.equal] == []
    assert {one.relation.schema for one in found} == {"normalized", "star", "wide", "serving"}
    assert all(one.rows for one in found)


def changed(subset: Warehouse, folder: Path, change: str) -> Path:
    """A copy of the build on DuckDB, its raw file beside it, after a statement."""
    file = Path(shutil.copy(subset.built, folder))
    raw = shutil.copy(subset.raw, folder)
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"attach '{raw}' as raw; {change}")
    return file


def compare_stores(file: Path, lake: AthenaBuild) -> Comparison:
    return next(compare(file, lake.schema, [STORES]))


FIRST = "where store_key = (select min(store_key) from star.dim_stores)"


@pytest.mark.parametrize(
    ("change", "cells"),
    [
        (f"update star.dim_stores set first_sale_date = first_sale_date + 1 {FIRST}", 1),
        (f"update star.dim_stores set first_sale_date = null {FIRST}", 1),
        (f"delete from star.dim_stores {FIRST}", 4),
        ("insert into star.dim_stores select 9999999, * exclude (store_key) from star.dim_stores limit 1", 4),
    ],
    ids=["a value", "a null", "a row less", "a row more"],
)
def test_one_difference_is_found(subset: Warehouse, lake: AthenaBuild, tmp_path: Path, change: str, cells: int) -> None:
    found = compare_stores(changed(subset, tmp_path, change), lake)
    assert (found.equal, found.differing_cells) == (False, cells)


def test_builds_of_another_day_are_not_compared(subset: Warehouse, lake: AthenaBuild, tmp_path: Path) -> None:
    file = changed(subset, tmp_path, "update raw.raw_meta.clock set as_of_date = date '2017-06-30', households = 20")
    with pytest.raises(UserError, match="2017-06-30 with 20 households, Athena's of the end of 2017-12-31 with 100 households"):
        compare_stores(file, lake)


def test_types_and_names_that_differ_are_found() -> None:
    assert type_differences({"a": "INTEGER"}, {"a": "bigint"}) == ["a is INTEGER on DuckDB and bigint on Athena"]
    assert type_differences({"a": "DECIMAL(12,2)"}, {"a": "decimal(12,2)"}) == []
    assert type_differences({"a": "INTEGER"}, {}) == ["the columns are a on DuckDB and absent on Athena"]
    assert "canonical" in athena_type("DOUBLE")


def test_big_relations_are_compared_in_parts_that_hold_every_row() -> None:
    columns = {"store_key": "INTEGER", "name": "VARCHAR"}
    assert parts(columns, STORES, 1_000_000) == ["true"]
    assert parts(columns, STORES, 1_000_001) == ["abs(mod(store_key, 2)) = 0", "abs(mod(store_key, 2)) = 1"]
