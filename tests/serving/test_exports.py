"""Saved queries with exports become tables of the published file; one that does not work keeps the publication from its readers."""

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from ingestion.errors import UserError
from serving import exports
from tests.support import Warehouse


@pytest.fixture
def opened(subset: Warehouse, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A file of its own under the catalog's name, with views on the built tables that the metrics read."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{tmp_path / 'aisle.duckdb'}' as aisle; attach '{subset.built}' as built (read_only)")
        connection.execute("use aisle; create schema star")
        for (name,) in connection.execute(
            "select table_name from duckdb_tables() where database_name = 'built' and schema_name = 'star'"
        ).fetchall():
            connection.execute(f"create view star.{name} as from built.star.{name}")
        yield connection


@pytest.fixture
def manifest(subset: Warehouse) -> str:
    return (subset.folder / "target" / "semantic_manifest.json").read_text()


def test_each_export_is_a_table_with_days_and_comments(opened: duckdb.DuckDBPyConnection, manifest: str) -> None:
    made = {export.name: export for export in exports.materialize(opened, manifest)}
    assert {export["name"] for saved in json.loads(manifest)["saved_queries"] for export in saved["exports"]} == set(made)
    assert made["weekly_sales"].row_count == 53
    for name, export in made.items():
        columns = opened.execute(f"describe metrics.{name}").fetchall()
        assert not {kind for _, kind, *_ in columns} & {"HUGEINT", "TIMESTAMP"}
        assert opened.execute(f"select count(*) from metrics.{name}").fetchone() == (export.row_count,)
    comments = opened.execute("select column_name, comment from duckdb_columns() where table_name = 'weekly_sales'").fetchall()
    assert all(comment for _, comment in comments)
    total = opened.execute("select sum(sales_amount) from built.star.fct_sales_lines").fetchone()
    assert opened.execute("select sum(net_sales) from metrics.weekly_sales").fetchone() == total


def test_a_saved_query_that_does_not_work_is_named(opened: duckdb.DuckDBPyConnection, manifest: str) -> None:
    opened.execute("drop view star.fct_store_visits")
    with pytest.raises(UserError, match="The saved query monthly_visits_by_tier cannot be exported"):
        exports.materialize(opened, manifest)


def test_a_project_without_exports_makes_none(opened: duckdb.DuckDBPyConnection) -> None:
    assert exports.materialize(opened, '{"saved_queries": []}') == []
