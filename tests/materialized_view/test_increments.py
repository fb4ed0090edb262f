"""Incremental refresh: it equals recomputation, costs the touched groups only, and gives way to recomputation where it would be wrong."""

from typing import Any

import pytest
from dbt.tests.util import run_dbt, run_dbt_and_capture, write_file

SALES = """
create or replace table {schema}.sales as
select sequence, week, product_id, basket_id, cast(amount as decimal(12, 2)) as amount
from (values (1, 1, 50, 1, 1.00), (2, 1, 51, 1, 2.00), (3, 2, 50, 2, 3.00), (4, 2, 51, 3, 4.00))
    as rows_of_sales (sequence, week, product_id, basket_id, amount)
"""
PRODUCTS = "create or replace table {schema}.products as select 50 as product_id, 'MEAT' as department union all select 51, 'FUEL'"
PASSED_ON = "{{{{ config(materialized='view') }}}} select * from {{{{ target.schema }}}}.{0}"
QUERY = """
    select
        {groups},
        departments.department,
        sum(lines.amount) as amount,
        count(*) as line_count,
        count(distinct lines.basket_id) as basket_count,
        min(lines.amount) as least,
        max(lines.amount) as most
    from {{{{ ref('lines') }}}} as lines
    left join {{{{ ref('departments') }}}} as departments on lines.product_id = departments.product_id
    group by {groups}, departments.department
"""
CONFIG = """
{{{{ config(
    materialized='materialized_view',
    indexes=[{{'columns': ['week', 'department'], 'unique': true}}],
    incremental_refresh={{'input': 'lines', 'watermark': 'sequence', 'groups': {groups}, 'unchanged': ['sum(amount)']}},
    max_staleness={{'input': 'lines', 'column': 'cast(null as timestamp)', 'count': 1, 'period': 'day'}}
) }}}}
"""


class Increments:
    """A project of one materialized view over a fact and a dimension, and a view of the same query to compare it with."""

    groups = ("week",)

    @pytest.fixture
    def built(self, project: Any) -> Any:
        self.change(project, SALES, PRODUCTS)
        names = ", ".join(f"lines.{name}" for name in self.groups)
        query = QUERY.format(groups=names)
        models = {
            "lines": PASSED_ON.format("sales"),
            "departments": PASSED_ON.format("products"),
            "kept": CONFIG.format(groups=list(self.groups)) + query,
            "computed": "{{ config(materialized='view') }}" + query,
        }
        for name, sql in models.items():
            write_file(sql, project.project_root, "models", f"{name}.sql")
        run_dbt(["run", "--full-refresh"])
        return project

    @staticmethod
    def change(project: Any, *statements: str) -> None:
        for statement in statements:
            project.run_sql(statement.format(schema=project.test_schema))

    def refresh(self, project: Any) -> str:
        """Refresh, assert that it equals recomputation, and give kind and reason."""
        _, told = run_dbt_and_capture(["run", "--select", "kept"])
        schema = project.test_schema
        wrong = f"(from {schema}.kept except all from {schema}.computed) union all (from {schema}.computed except all from {schema}.kept)"
        assert project.run_sql(wrong, fetch="all") == []
        [last] = project.run_sql(f"select kind || ': ' || reason from {schema}.mv_ledger order by refreshed_at desc limit 1", fetch="one")
        assert f"kept: {last.replace(': ', ', because ', 1)}" in told
        return last


class TestOneColumn(Increments):
    def test_new_rows_touch_their_groups_only(self, built: Any) -> None:
        self.change(built, "update {schema}.kept set line_count = 77 where week = 1")  # a group that is not computed keeps what it has
        self.change(built, "insert into {schema}.sales values (5, 2, 50, 2, 5.00), (6, 3, 51, 4, 6.00)")
        _, told = run_dbt_and_capture(["run", "--select", "kept"])
        assert "kept: increment, because 2 groups are touched" in told
        found = built.run_sql(f"select week, sum(line_count) from {built.test_schema}.kept group by week order by week", fetch="all")
        assert found == [(1, 154), (2, 3), (3, 1)]

    def test_increment_after_increment_equals_recomputation(self, built: Any) -> None:
        for sequence, week in ((5, 2), (6, 2), (7, 3), (8, 1), (9, 4)):
            self.change(built, f"insert into {{schema}}.sales values ({sequence}, {week}, 50, {sequence}, 1.25)")
            assert self.refresh(built) == "increment: 1 groups are touched"

    def test_without_new_rows_nothing_is_computed(self, built: Any) -> None:
        assert self.refresh(built) == "increment: 0 groups are touched"

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ("update {schema}.sales set amount = 9 where sequence = 1", "older rows of lines changed"),
            ("update {schema}.sales set sequence = 9, week = 3 where sequence = 1", "older rows of lines changed"),
            ("delete from {schema}.sales where sequence = 2", "older rows of lines changed"),
            ("insert into {schema}.sales values (0, 1, 50, 9, 0.00)", "older rows of lines changed"),
            ("update {schema}.products set department = 'SOUP' where product_id = 51", "departments changed"),
            ("delete from {schema}.mv_ledger", "the ledger does not have its last refresh"),
        ],
        ids=["corrected", "moved", "deleted", "late", "dimension", "ledger"],
    )
    def test_what_an_increment_would_miss_is_recomputed(self, built: Any, change: str, reason: str) -> None:
        self.change(built, "insert into {schema}.sales values (5, 2, 50, 2, 5.00)", change)
        assert self.refresh(built) == f"recompute: {reason}"
        self.change(built, "insert into {schema}.sales values (10, 3, 50, 2, 5.00)")
        assert self.refresh(built) == "increment: 1 groups are touched", "the next one is incremental again"

    def test_more_groups_than_can_be_named_are_recomputed(self, built: Any) -> None:
        self.change(built, "insert into {schema}.sales select i, i, 50, i, 1.00 from range(5, 200) as more (i)")
        assert self.refresh(built) == "recompute: 101 groups are touched"

    def test_an_empty_input_is_recomputed_once_it_has_rows(self, built: Any) -> None:
        self.change(built, "delete from {schema}.sales")
        assert self.refresh(built) == "recompute: older rows of lines changed"
        self.change(built, "insert into {schema}.sales values (5, 2, 50, 2, 5.00)")
        assert self.refresh(built) == "recompute: lines was empty at its last refresh"

    def test_the_mark_is_in_the_ledger(self, built: Any) -> None:
        marks = built.run_sql(f"select distinct input_high_water_mark from {built.test_schema}.mv_ledger", fetch="all")
        assert ("4",) in marks


class TestTwoColumnsAndNulls(Increments):
    groups = ("week", "product_id")

    def test_groups_of_several_columns_and_of_nulls(self, built: Any) -> None:
        self.change(built, "insert into {schema}.sales values (5, null, 50, 2, 5.00), (6, 2, null, 4, 6.00), (7, 1, 50, 7, 7.00)")
        assert self.refresh(built) == "increment: 3 groups are touched"
        self.change(built, "insert into {schema}.sales values (8, null, 50, 2, 5.00)")
        assert self.refresh(built) == "increment: 1 groups are touched"
