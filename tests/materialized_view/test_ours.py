"""What dbt's public tests leave open: contracts, changed SQL and changed inputs, comments, unique indexes, and the type that dbt shows."""

import json
from pathlib import Path
from typing import Any

import pytest
from dbt.tests.util import run_dbt, run_dbt_and_capture, write_file

from tests.materialized_view.support import MARKER, comment, indexes

INPUT = "{{ config(materialized='table') }} select 1 as id, cast('a' as varchar) as name union all select 2, 'b'"
VIEW = "{{ config(materialized='materialized_view', indexes=[{'columns': ['id'], 'unique': true}]) }} select * from {{ ref('letters') }}"
YML = """
models:
  - name: numbered
    description: |
      Letters with {quotes "'", percent "%"} in it.
    config: {persist_docs: {relation: true, columns: true}}
    columns:
      - {name: id, description: The letter's number.}
      - {name: name, description: The letter.}
  - name: promised
    config: {contract: {enforced: true}}
    columns:
      - {name: id, data_type: integer, constraints: [{type: not_null}]}
      - {name: name, data_type: varchar}
"""
RENAME_AND_DROP = """
{% macro kept(name) %}
    {{ return(api.Relation.create(target.database, target.schema, name, type='materialized_view')) }}
{% endmacro %}
{% macro rename_it() %}{% do adapter.rename_relation(kept('numbered'), kept('renamed')) %}{% do adapter.commit() %}{% endmacro %}
{% macro drop_it() %}{% do adapter.drop_relation(kept('renamed')) %}{% endmacro %}
"""


def rows(project: Any, query: str) -> list[tuple[Any, ...]]:
    return project.run_sql(query.replace("from ", f"from {project.test_schema}."), fetch="all")


@pytest.fixture
def built(project: Any) -> Any:
    """The project with its models as they are here, built anew."""
    for name, sql in (("letters", INPUT), ("numbered", VIEW), ("promised", VIEW)):
        write_file(sql, project.project_root, "models", f"{name}.sql")
    write_file(YML, project.project_root, "models", "models.yml")
    run_dbt(["run", "--full-refresh"])
    return project


def test_a_contract_is_checked_when_it_is_made_and_when_it_is_refreshed(built: Any) -> None:
    write_file(INPUT.replace("as name", "as label"), built.project_root, "models", "letters.sql")
    _, told = run_dbt_and_capture(["run"], expect_pass=False)
    assert "This model has an enforced contract that failed" in told
    assert rows(built, "select * from promised order by id") == [(1, "a"), (2, "b")], "what readers have stays as it was"
    assert rows(built, "select label from numbered order by id") == [("a",), ("b",)], "without a contract it follows its input"


def test_a_column_of_another_type_breaks_the_contract(built: Any) -> None:
    write_file(VIEW.replace("*", "cast(id as varchar) as id, name"), built.project_root, "models", "promised.sql")
    _, told = run_dbt_and_capture(["run", "--select", "promised"], expect_pass=False)
    assert "data type mismatch" in told


def test_a_constraint_holds_at_every_refresh(built: Any) -> None:
    write_file(f"{INPUT} union all select null, 'c'", built.project_root, "models", "letters.sql")
    run_dbt(["run", "--select", "letters"])
    _, told = run_dbt_and_capture(["run", "--select", "promised"], expect_pass=False)
    assert "NOT NULL constraint failed" in told
    assert rows(built, "select count(*) from promised") == [(2,)]


def test_an_unchanged_definition_is_refreshed_and_not_rebuilt(built: Any) -> None:
    write_file(f"{INPUT} union all select 3, 'c'", built.project_root, "models", "letters.sql")
    oid = rows(built, "select table_oid from duckdb_tables() where table_name = 'numbered'".replace("from ", "FROM "))
    _, told = run_dbt_and_capture(["--debug", "run"])
    assert "Applying REPLACE" not in told
    assert rows(built, "select id from numbered order by id") == [(1,), (2,), (3,)]
    assert rows(built, "select table_oid from duckdb_tables() where table_name = 'numbered'".replace("from ", "FROM ")) == oid
    assert indexes(built, built.adapter.Relation.create(identifier="numbered")) == [(["id"], True)]


def test_changed_sql_is_detected_and_rebuilt(built: Any) -> None:
    write_file(VIEW + " where id > 1", built.project_root, "models", "numbered.sql")
    _, told = run_dbt_and_capture(["--debug", "run", "--select", "numbered"])
    assert "numbered: replace, because its definition has changed" in told
    assert rows(built, "select id from numbered") == [(2,)]


def test_the_description_is_the_comment_and_the_fingerprint_its_last_line(built: Any) -> None:
    description, _, fingerprint = comment(built, "numbered").partition("\n")
    assert description == """Letters with {quotes "'", percent "%"} in it."""
    assert fingerprint.startswith(MARKER)
    told = "select column_name, comment FROM duckdb_columns() where table_name = 'numbered' order by 1"
    assert rows(built, told) == [("id", "The letter's number."), ("name", "The letter.")]
    run_dbt(["run"])
    assert comment(built, "numbered").partition("\n")[0] == description, "after a refresh"
    assert comment(built, "promised").startswith(MARKER), "without persist_docs"


def test_dbt_docs_shows_the_type_and_the_description_alone(built: Any) -> None:
    run_dbt(["docs", "generate"])
    catalog = json.loads(Path(built.project_root, "target", "catalog.json").read_text())
    told = {name.rpartition(".")[2]: node["metadata"] for name, node in catalog["nodes"].items()}
    assert (told["numbered"]["type"], told["letters"]["type"]) == ("MATERIALIZED VIEW", "BASE TABLE")
    assert told["numbered"]["comment"] == """Letters with {quotes "'", percent "%"} in it."""


def test_a_comment_that_speaks_of_the_fingerprint_makes_no_materialized_view(built: Any) -> None:
    built.run_sql("comment on table {schema}.letters is 'See dbt:materialized_view {{}} for more.'")
    with built.adapter.connection_named("asked"):
        relations = built.adapter.list_relations_without_caching(built.adapter.Relation.create(built.database, built.test_schema))
    types = {relation.identifier: relation.type for relation in relations}
    assert types == {"letters": "table", "numbered": "materialized_view", "promised": "materialized_view", "mv_ledger": "table"}


def test_a_materialized_view_renames_and_drops(built: Any) -> None:
    write_file(RENAME_AND_DROP, built.project_root, "macros", "rename_and_drop.sql")
    run_dbt(["run-operation", "rename_it"])
    assert rows(built, "select count(*) from renamed") == [(2,)]
    run_dbt(["run-operation", "drop_it"])
    assert built.run_sql("select 1 from duckdb_tables() where table_name in ('numbered', 'renamed')", fetch="all") == []


def test_what_the_input_holds_now_is_told_beside_what_was_seen(built: Any) -> None:
    dated = INPUT.replace("as name", "as name, timestamp '2017-03-01 10:00:00' as seen_at").replace(
        "'b'", "'b', timestamp '2017-03-02 10:00:00'"
    )
    write_file(dated, built.project_root, "models", "letters.sql")
    staleness = "max_staleness={'input': 'letters', 'column': 'seen_at', 'count': 2, 'period': 'day'}"
    write_file(VIEW.replace("indexes=", f"{staleness}, indexes="), built.project_root, "models", "numbered.sql")
    inputs = "{{ config(materialized='view') }} -- depends_on: {{ ref('numbered') }}\n{{ materialized_view_inputs() }}"
    write_file(inputs, built.project_root, "models", "inputs.sql")
    run_dbt(["run", "--exclude", "promised"])
    built.run_sql("insert into {schema}.letters values (3, 'c', timestamp '2017-03-05 10:00:00')")
    told = rows(built, "select materialized_view, input, cast(input_until as varchar), max_staleness_hours from inputs")
    assert told == [("numbered", "letters", "2017-03-05 10:00:00", 48)]
    assert rows(built, "select cast(input_until as varchar) from mv_ledger order by refreshed_at desc limit 1") == [
        ("2017-03-02 10:00:00",)
    ]
    Path(built.project_root, "models", "inputs.sql").unlink()


def test_every_refresh_is_in_the_ledger(built: Any) -> None:
    run_dbt(["run", "--select", "numbered"])
    run_dbt(["run", "--select", "numbered", "--full-refresh"])
    found = rows(built, "select kind, reason, row_count from mv_ledger where materialized_view = 'numbered' order by refreshed_at")
    assert found[-2:] == [("recompute", "its config has no incremental_refresh", 2), ("replace", "--full-refresh asks for it", 2)]
    assert rows(built, "select count(*) from mv_ledger where definition is null or seconds is null or refreshed_at is null") == [(0,)]
