"""Saved queries with exports, made into tables: dbt knows them and makes nothing of them.

They are made while a green build is published, in the copy that readers get: dbt's own file stays what its results speak of, and an export
that does not compile keeps the publication from its readers, as a failed model does.
"""

import json
import time
from dataclasses import dataclass

import duckdb

from ingestion.errors import UserError
from serving.database import literal, one_line, quoted


@dataclass(frozen=True)
class Export:
    """A table that a saved query was made into."""

    schema: str
    name: str
    description: str
    row_count: int
    seconds: float


def materialize(connection: duckdb.DuckDBPyConnection, semantic_manifest: str) -> list[Export]:
    """Make the table of each export in the opened file. UserError that names the saved query which does not work."""
    if not any(saved["exports"] for saved in json.loads(semantic_manifest).get("saved_queries", [])):
        return []
    from serving.semantics import Semantics  # two seconds of imports, for projects that need them

    semantics = Semantics(semantic_manifest)
    made = []
    for saved in semantics.saved_queries:
        for export in saved["exports"]:
            begun = time.monotonic()
            schema, name = export["config"]["schema_name"], export["config"]["alias"] or export["name"]
            description = " ".join((saved["description"] or "").split())
            try:
                connection.execute(f"create schema if not exists {quoted(schema)}")
                rows = connection.execute(
                    f"create table {quoted(schema, name)} as {_typed(connection, semantics, saved['name'])}"
                ).fetchone()[0]
            except (duckdb.Error, UserError) as error:
                raise UserError(
                    f"The saved query {saved['name']} cannot be exported ({one_line(error)}): mend it in models/semantic/."
                ) from error
            connection.execute(f"comment on table {quoted(schema, name)} is {literal(description)}")
            _comment_columns(connection, semantics, schema, name)
            made.append(Export(schema, name, description, rows, time.monotonic() - begun))
    return made


def _typed(connection: duckdb.DuckDBPyConnection, semantics: "Semantics", saved: str) -> str:  # noqa: F821
    """The saved query's SQL with days for midnights and 64 bits for 128, in the order of what it is grouped by."""
    inner = semantics.saved_sql(saved)
    columns = connection.execute(f"describe {inner}").fetchall()
    types = {"TIMESTAMP": "date", "HUGEINT": "bigint"}
    shown = [f"cast({quoted(name)} as {types.get(kind, kind)}) as {quoted(name)}" for name, kind, *_ in columns]
    order = [quoted(name) for name, *_ in columns if name not in semantics.metrics]
    return f"select {', '.join(shown)} from ({inner}) as answer order by {', '.join(order)}"


def _comment_columns(connection: duckdb.DuckDBPyConnection, semantics: "Semantics", schema: str, name: str) -> None:  # noqa: F821
    fields = semantics.all_fields()
    for column, *_ in connection.execute(f"describe {quoted(schema, name)}").fetchall():
        metric, field = semantics.metrics.get(column), fields.get(column)
        said = metric.description if metric else field.description if field else ""
        connection.execute(f"comment on column {quoted(schema, name, column)} is {literal(said)}")
