"""What the file knows of a relation, asked without dbt."""

from typing import Any

from dbt.adapters.base.relation import BaseRelation

MARKER = "dbt:materialized_view {"


def comment(project: Any, name: str) -> str:
    """The comment on a table, empty when it has none."""
    [told] = project.run_sql(f"select comment from duckdb_tables() where {_is(project, name)}", fetch="all")
    return told[0] or ""


def relation_type(project: Any, relation: BaseRelation) -> str | None:
    """table, view or materialized_view; None when there is no such relation."""
    name = relation.identifier
    if project.run_sql(f"select 1 from duckdb_views() where {_is(project, name, 'view')}", fetch="all"):
        return "view"
    if not project.run_sql(f"select 1 from duckdb_tables() where {_is(project, name)}", fetch="all"):
        return None
    return "materialized_view" if MARKER in comment(project, name) else "table"


def columns(project: Any, relation: BaseRelation) -> list[str]:
    found = project.run_sql(
        f"select column_name from duckdb_columns() where {_is(project, relation.identifier)} order by column_index", fetch="all"
    )
    return [name for (name,) in found]


def indexes(project: Any, relation: BaseRelation) -> list[tuple[list[str], bool]]:
    """Columns and uniqueness of each index."""
    found = project.run_sql(
        f"select expressions, is_unique from duckdb_indexes() where {_is(project, relation.identifier)} order by index_name", fetch="all"
    )
    return [([name.strip("\"' ") for name in expressions.strip("[]").split(",")], unique) for expressions, unique in found]


def _is(project: Any, name: str, kind: str = "table") -> str:
    return f"schema_name = '{project.test_schema}' and {kind}_name = '{name}'"
