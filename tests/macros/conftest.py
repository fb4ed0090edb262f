"""A small dbt project of its own that holds this project's macros and generic tests, and the tables to try them on: one run an engine."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from tests.local_athena import LocalAthena, local_athena  # noqa: F401 (a fixture)
from tests.macros.cases import CASES, HELPERS, MACROS
from tests.support import ROOT

SCHEMA = "small"
FOREIGN_KEY = {"type": "foreign_key", "columns": ["parent_id"], "to": "ref('parents')", "to_columns": ["parent_id"]}


@dataclass(frozen=True)
class Project:
    """The folder of the small project, built on an engine: a DuckDB file in it, or a local Athena."""

    folder: Path
    engine: str
    athena: LocalAthena | None = None

    def dbt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run dbt in the project; the caller looks at the exit code."""
        environment = self.athena.environment() if self.athena else os.environ
        dbt = ["-m", "infra.local_athena.quick_dbt"] if self.athena else [str(Path(sys.executable).parent / "dbt")]
        places = {"PYTHONPATH": str(ROOT), "DBT_PROFILES_DIR": str(self.folder), "DBT_PROJECT_DIR": str(self.folder)}
        return subprocess.run(
            [sys.executable, *dbt, "--no-use-colors", *arguments, "--target", self.engine],
            cwd=self.folder,
            env=environment | places | {"DO_NOT_TRACK": "1"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        if self.athena:
            return self.athena.sql(sql, database=SCHEMA)
        with duckdb.connect(str(self.folder / "small.duckdb")) as connection:
            return connection.execute(sql).fetchall()

    def types(self, table: str) -> dict[str, str]:
        """A table's columns with the engine's own names of their types."""
        return dict(
            self.rows(
                f"select column_name, data_type from information_schema.columns where table_name = '{table}' order by ordinal_position"
            )
        )


def write(folder: Path) -> None:
    """Lay out the project: models of CASES, HELPERS and MACROS, and a parent and a child tied by a foreign key."""
    settings: dict[str, Any] = {
        "name": "small",
        "profile": "small",
        "vars": yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"],
        "flags": {"send_anonymous_usage_stats": False},
        "models": {"small": {"+materialized": "table"}},
    }
    profiles = yaml.safe_load((ROOT / "profiles" / "profiles.yml").read_text())["aisle"]["outputs"]
    outputs = {
        "duckdb": {"type": "duckdb", "path": str(folder / "small.duckdb"), "settings": {"TimeZone": "UTC"}},
        "athena": profiles["athena"] | {"schema": SCHEMA, "poll_interval": 0.05},
    }
    keyed = {"contract": {"enforced": True}, "pre_hook": {"sql": "{{ release_foreign_keys() }}", "transaction": False}}
    models: list[dict[str, Any]] = [
        {
            "name": name,
            "config": {"materialized": "view", "meta": {"grain": case.grain}},
            "data_tests": [{case.test: {"name": f"try_{name}", "arguments": case.arguments}}],
        }
        for case in CASES
        for name in case.tables()
    ]
    models += [
        {"name": "parents", "config": keyed, "columns": [{"name": "parent_id", "data_type": "integer"}]},
        {"name": "children", "config": keyed, "columns": [{"name": "parent_id", "data_type": "integer"}]},
    ]
    models[-2]["constraints"] = [{"type": "primary_key", "columns": ["parent_id"]}]
    models[-1]["constraints"] = [FOREIGN_KEY]
    selects = HELPERS | MACROS | {name: sql for case in CASES for name, sql in case.tables().items()}
    selects |= {"parents": "select 1 as parent_id", "children": "select parent_id from {{ ref('parents') }}"}

    (folder / "models").mkdir()
    (folder / "tests").mkdir()
    (folder / "macros").symlink_to(ROOT / "macros")
    (folder / "tests" / "generic").symlink_to(ROOT / "tests" / "data" / "generic")
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(settings))
    (folder / "profiles.yml").write_text(yaml.safe_dump({"small": {"target": "duckdb", "outputs": outputs}}))
    (folder / "models" / "models.yml").write_text(yaml.safe_dump({"models": models}))
    for name, sql in selects.items():
        (folder / "models" / f"{name}.sql").write_text(sql)


@pytest.fixture(scope="session", params=["duckdb", "athena"])
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The small project after one `dbt build` on an engine, in which the tests of the bad tables have failed."""
    athena = request.getfixturevalue("local_athena") if request.param == "athena" else None
    made = Project(tmp_path_factory.mktemp("small"), request.param, athena)
    write(made.folder)
    done = made.dbt("build")
    assert (made.folder / "target" / "run_results.json").exists(), done.stdout
    return made
