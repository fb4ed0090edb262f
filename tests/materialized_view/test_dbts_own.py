"""dbt's public tests of the feature (dbt-tests-adapter): 8 of what it does, 3 of each answer to a changed configuration."""

from typing import Any

import pytest
from dbt.adapters.base.relation import BaseRelation
from dbt.tests.adapter.materialized_view.basic import MaterializedViewBasic
from dbt.tests.adapter.materialized_view.changes import (
    MaterializedViewChanges,
    MaterializedViewChangesApplyMixin,
    MaterializedViewChangesContinueMixin,
    MaterializedViewChangesFailMixin,
)
from dbt.tests.util import get_model_file, run_dbt, set_model_file

from tests.materialized_view.support import columns, indexes, relation_type

pytestmark = pytest.mark.long("dbt's own tests of materialized views")


class TestBasic(MaterializedViewBasic):
    @staticmethod
    def insert_record(project: Any, table: BaseRelation, record: tuple[int, int]) -> None:
        project.run_sql(f"insert into {table} values {record}")

    @staticmethod
    def refresh_materialized_view(project: Any, materialized_view: BaseRelation) -> None:  # noqa: ARG004 (dbt's signature)
        run_dbt(["run", "--select", materialized_view.identifier])

    @staticmethod
    def query_row_count(project: Any, relation: BaseRelation) -> int:
        return project.run_sql(f"select count(*) from {relation}", fetch="one")[0]

    @staticmethod
    def query_relation_type(project: Any, relation: BaseRelation) -> str | None:
        return relation_type(project, relation)


class Changes(MaterializedViewChanges):
    @staticmethod
    def check_start_state(project: Any, materialized_view: BaseRelation) -> None:
        assert indexes(project, materialized_view) == []
        assert columns(project, materialized_view) == ["id", "value"]

    @staticmethod
    def change_config_via_alter(project: Any, materialized_view: BaseRelation) -> None:
        model = get_model_file(project, materialized_view)
        changed = model.replace("materialized='materialized_view',", "materialized='materialized_view', indexes=[{'columns': ['id']}],")
        set_model_file(project, materialized_view, changed)

    @staticmethod
    def check_state_alter_change_is_applied(project: Any, materialized_view: BaseRelation) -> None:
        assert indexes(project, materialized_view) == [(["id"], False)]

    @staticmethod
    def change_config_via_replace(project: Any, materialized_view: BaseRelation) -> None:
        model = get_model_file(project, materialized_view)
        set_model_file(project, materialized_view, model.replace("select *", "select id, value, 2 * value as twice"))

    @staticmethod
    def check_state_replace_change_is_applied(project: Any, materialized_view: BaseRelation) -> None:
        assert columns(project, materialized_view) == ["id", "value", "twice"]

    @staticmethod
    def query_relation_type(project: Any, relation: BaseRelation) -> str | None:
        return relation_type(project, relation)


class TestApply(Changes, MaterializedViewChangesApplyMixin):
    pass


class TestContinue(Changes, MaterializedViewChangesContinueMixin):
    pass


class TestFail(Changes, MaterializedViewChangesFailMixin):
    pass
