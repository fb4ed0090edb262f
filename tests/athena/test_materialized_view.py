"""A materialized view on Athena: a table with fingerprint, refreshes and ledger as on DuckDB, from our folder of macros alone."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from dbt.cli.main import dbtRunner

from tests.local_athena import LocalAthena
from tests.support import ROOT

pytestmark = pytest.mark.long("materialized views on Athena")

SCHEMA, GIVEN = "kept", "kept_given"
LINES = "sequence bigint, week int, product_id int, basket_id int, amount decimal(12, 2), seen_at timestamp"
QUERY = """
select
    lines.week,
    departments.department,
    cast(sum(lines.amount) as decimal(18, 2)) as amount,
    count(*) as line_count,
    count(distinct lines.basket_id) as basket_count,
    max(lines.seen_at) as seen_at
from {{ ref('lines') }} as lines
left join {{ ref('departments') }} as departments on lines.product_id = departments.product_id
group by lines.week, departments.department
"""
CONFIG = """{{ config(
    materialized='materialized_view',
    table_type='iceberg',
    indexes=[{'columns': ['week']}],
    incremental_refresh={'input': 'lines', 'watermark': 'sequence', 'groups': ['week'], 'unchanged': ['sum(amount)']},
    max_staleness={'input': 'lines', 'column': 'seen_at', 'count': 1, 'period': 'day'}
) }}"""
COLUMNS = {
    "week": "integer",
    "department": "varchar",
    "amount": "decimal(18, 2)",
    "line_count": "bigint",
    "basket_count": "bigint",
    "seen_at": "timestamp",
}
KEPT = {
    "name": "kept",
    "description": "What is sold.",
    "config": {"contract": {"enforced": True}, "persist_docs": {"relation": True, "columns": True}},
    "columns": [{"name": name, "data_type": kind, "description": f"The {name}."} for name, kind in COLUMNS.items()],
}


class Project:
    """A small dbt project on a local Athena with a materialized view, `kept`, and a view of the same query, `computed`."""

    def __init__(self, folder: Path, athena: LocalAthena) -> None:
        self.folder, self.athena = folder, athena
        outputs = yaml.safe_load((ROOT / "profiles" / "profiles.yml").read_text())["aisle"]["outputs"]
        athena_output = outputs["athena"] | {"schema": SCHEMA, "poll_interval": 0.05}
        shutil.copytree(ROOT / "macros" / "materializations", folder / "macros")
        (folder / "models").mkdir()
        (folder / "dbt_project.yml").write_text(yaml.safe_dump({"name": "kept", "profile": "kept"}))
        (folder / "profiles.yml").write_text(yaml.safe_dump({"kept": {"target": "athena", "outputs": {"athena": athena_output}}}))
        (folder / "models" / "kept.yml").write_text(yaml.safe_dump({"models": [KEPT]}))
        for name in ("lines", "departments"):
            self.model(name, f"{{{{ config(materialized='view') }}}} select * from {GIVEN}.{name}")
        self.model("computed", "{{ config(materialized='view') }}" + QUERY)
        self.model("kept", CONFIG + QUERY)

    def model(self, name: str, sql: str) -> None:
        (self.folder / "models" / f"{name}.sql").write_text(sql)

    def give(self) -> None:
        """The inputs' rows."""
        location = self.athena.environment()["AISLE_ATHENA_DATA"]
        self.sql(f"create schema {GIVEN}")
        for name, columns in (("lines", LINES), ("departments", "product_id int, department string")):
            self.sql(
                f"create table {GIVEN}.{name} ({columns}) location '{location}{GIVEN}/{name}/' tblproperties ('table_type' = 'ICEBERG')"
            )
        self.sell(*[(number, week, product) for number, week, product in ((1, 1, 50), (2, 1, 51), (3, 2, 50), (4, 2, 51))])
        self.sql(f"insert into {GIVEN}.departments values (50, 'MEAT'), (51, 'FUEL')")

    def sell(self, *rows: tuple[int, int | None, int]) -> None:
        values = [
            f"({number}, {'null' if week is None else week}, {product}, {number}, 1.25e0, timestamp '2017-03-{number:02} 10:00:00.000000')"
            for number, week, product in rows
        ]
        self.sql(f"insert into {GIVEN}.lines values {', '.join(values)}".replace("1.25e0", "decimal '1.25'"))

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        return self.athena.sql(statement)

    def dbt(self, *arguments: str, succeeds: bool = True) -> str:
        """Run dbt in this process, which saves its start; gives what it told."""
        told: list[str] = []
        folder = str(self.folder)
        places = ["--project-dir", folder, "--profiles-dir", folder, "--target-path", f"{folder}/target", "--log-path", f"{folder}/logs"]
        with pytest.MonkeyPatch.context() as patch:
            for name, value in (self.athena.environment() | {"DO_NOT_TRACK": "1"}).items():
                patch.setenv(name, value)
            done = dbtRunner(callbacks=[lambda event: told.append(event.info.msg)]).invoke(["--quiet", *arguments, *places])
        assert done.success == succeeds, "\n".join(told[-40:])
        return "\n".join(told)

    def refresh(self, *arguments: str) -> str:
        """Refresh the materialized view, assert that it holds what its query gives, and give the ledger's kind and reason."""
        told = self.dbt("run", "--select", "kept", *arguments)
        kept, computed = (sorted(self.sql(f"select * from {SCHEMA}.{name}"), key=str) for name in ("kept", "computed"))
        assert kept == computed
        ledger = f"select kind, reason from {SCHEMA}.mv_ledger where materialized_view = 'kept' order by refreshed_at desc limit 1"
        [(kind, reason)] = self.sql(ledger)
        assert f"kept: {kind}" + (f", because {reason}" if reason else "") in told
        return f"{kind}: {reason}"

    def in_glue(self, name: str = "kept") -> dict[str, Any]:
        return self.athena.client("glue").get_table(DatabaseName=SCHEMA, Name=name)["Table"]


@pytest.fixture(scope="module")
def project(local_athena: LocalAthena, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project with its inputs' rows, built once; the tests go on from each other's state."""
    made = Project(tmp_path_factory.mktemp("kept"), local_athena)
    made.give()
    made.dbt("run", "--exclude", "kept")
    return made


def test_it_is_created_with_its_fingerprint_and_its_words(project: Project) -> None:
    assert project.refresh() == "create: None"
    table = project.in_glue()
    fingerprint = json.loads(table["Parameters"]["dbt:materialized_view"])
    assert set(fingerprint) == {"definition", "indexes", "refreshed_at"}
    assert fingerprint["indexes"] == [], "Athena has none"
    assert table["Description"] == "What is sold."
    assert {column["Name"]: column["Comment"] for column in table["StorageDescriptor"]["Columns"]}["week"] == "The week."


def test_a_refresh_computes_the_touched_groups_only(project: Project) -> None:
    assert project.refresh() == "increment: 0 groups are touched"
    untouched = f'select distinct "$path" from {SCHEMA}.kept where week = 1'
    [file] = project.sql(untouched)
    project.sell((5, 2, 50), (6, 3, 51), (7, None, 50))
    assert project.refresh() == "increment: 3 groups are touched"
    assert project.sql(untouched) == [file], "the rows of another group lie where they lay"
    project.sell((8, None, 50), (9, 2, 51))
    assert project.refresh() == "increment: 2 groups are touched"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (f"update {GIVEN}.lines set amount = decimal '9.00' where sequence = 1", "older rows of lines changed"),
        (f"update {GIVEN}.departments set department = 'SOUP' where product_id = 51", "departments changed"),
    ],
    ids=["corrected", "dimension"],
)
def test_what_an_increment_would_miss_is_recomputed(project: Project, change: str, reason: str) -> None:
    project.sql(change)
    assert project.refresh() == f"recompute: {reason}"


def test_a_changed_query_is_left_refused_or_applied(project: Project) -> None:
    changed = CONFIG + QUERY.replace("count(*)", "count(*) + 1")
    before = sorted(project.sql(f"select * from {SCHEMA}.kept"), key=str)
    for wish in ("continue", "fail"):
        project.model("kept", changed.replace("table_type", f"on_configuration_change='{wish}', table_type"))
        told = project.dbt("run", "--select", "kept", succeeds=wish == "continue")
        assert f"`on_configuration_change` was set to `{wish}`" in told
        assert sorted(project.sql(f"select * from {SCHEMA}.kept"), key=str) == before
    project.model("kept", changed)
    assert "kept: replace, because its definition has changed" in project.dbt("run", "--select", "kept")
    assert sorted(project.sql(f"select * from {SCHEMA}.kept"), key=str) != before
    project.model("kept", CONFIG + QUERY)
    assert project.refresh("--full-refresh") == "replace: --full-refresh asks for it"


def test_a_broken_contract_leaves_readers_what_they_have(project: Project) -> None:
    project.model("kept", CONFIG + QUERY.replace("as basket_count", "as baskets"))
    assert "enforced contract that failed" in project.dbt("run", "--select", "kept", succeeds=False)
    kept, computed = (sorted(project.sql(f"select * from {SCHEMA}.{name}"), key=str) for name in ("kept", "computed"))
    assert kept == computed


@pytest.mark.parametrize("other", ["table", "view"])
def test_it_changes_from_and_to_a_table_and_a_view(project: Project, other: str) -> None:
    project.model("kept", CONFIG.replace("materialized_view", other) + QUERY)
    project.dbt("run", "--select", "kept")
    table = project.in_glue()
    assert table["TableType"] == ("VIRTUAL_VIEW" if other == "view" else "EXTERNAL_TABLE")
    assert "dbt:materialized_view" not in table["Parameters"]
    project.model("kept", CONFIG + QUERY)
    assert project.refresh() == "replace: it was none before"
    names = [table["Name"] for table in project.athena.client("glue").get_tables(DatabaseName=SCHEMA)["TableList"]]
    assert sorted(names) == ["computed", "departments", "kept", "lines", "mv_ledger"], "nothing is left over"


def test_the_ledger_tells_all_of_it(project: Project) -> None:
    [(rows, marks, until)] = project.sql(
        f"select count(*), max(cast(input_high_water_mark as bigint)), cast(max(input_until) as varchar) from {SCHEMA}.mv_ledger"
    )
    assert rows == project.sql(f"select count(distinct refreshed_at) from {SCHEMA}.mv_ledger")[0][0]
    assert (marks, until) == (9, "2017-03-09 10:00:00.000000")
