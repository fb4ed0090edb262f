"""A throwaway dbt project with this project's macros and all scenarios as models: one dbt run a load, whatever the number of scenarios."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import yaml
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from tests.local_athena import LocalAthena
from tests.support import ROOT
from tests.vault import grids
from tests.vault.scenario import Scenario, Variant

GIVEN = "vault_given"
FROM_EMPTY = 0
SILENT = ("--log-level", "none", "--log-level-file", "none", "--no-use-colors", "--no-write-json", "--no-version-check")
CURRENT_LOAD = """
{% macro current_load() %}
    {% set number = run_query('select number from ' ~ 'vault_given.current_load').rows[0][0] if execute else 1 %}
    {{ return(number | int) }}
{% endmacro %}
"""


@dataclass
class Project:
    """Scenarios of one variant, on DuckDB in the folder or on a local Athena: what targets held after each load, and what was refused."""

    folder: Path
    scenarios: list[Scenario]
    variant: Variant
    athena: LocalAthena | None = None
    held: dict[tuple[str, int], list[tuple[Any, ...]]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    manifest: Manifest | None = None

    def run(self) -> None:
        """Load everything, the last load of each scenario once more, and in the end its first load into the emptied table."""
        self._write()
        self.manifest = self._dbt("parse")
        self._give()
        for load in range(1, max(scenario.loads for scenario in self.scenarios) + 2):
            loaded = [scenario for scenario in self.scenarios if scenario.loads >= load - (not scenario.refused)]
            self._load(load, loaded)
            self.held |= {(scenario.name, load): self._held(scenario) for scenario in loaded if not scenario.refused}
        if not self.athena:
            emptied = [scenario for scenario in self.scenarios if scenario.starts_empty and scenario.model not in self.refused]
            self._execute(*[f"delete from {self._place(scenario)}" for scenario in emptied])
            self._load(1, emptied)
            self.held |= {(scenario.name, FROM_EMPTY): self._held(scenario) for scenario in emptied}

    def _load(self, load: int, scenarios: list[Scenario]) -> None:
        self._execute(f"delete from {GIVEN}.current_load", f"insert into {GIVEN}.current_load values ({load})")
        self._execute(*[view for scenario in scenarios if load == 1 or scenario.columns_change for view in self._stages(scenario, load)])
        if scenarios:
            done = self._dbt("run", "--select", *[scenario.model for scenario in scenarios])
            self.refused |= {result.node.name: result.message for result in done.results if result.status in ("error", "skipped")}

    def compiled(self, scenario: Scenario) -> str:
        """The SQL of the scenario's model as it was last run."""
        return (self.folder / "target" / "compiled" / "scenarios" / "models" / f"{scenario.model}.sql").read_text()

    def expected(self, scenario: Scenario) -> grids.Grid:
        return grids.read(scenario.named(scenario.expected), self.variant.hashing)

    def check(self, scenario: Scenario) -> None:
        """Assert the rows after the last load, after its repeat, and after the first into an empty table; or the refusal's sentence."""
        if scenario.refused:
            assert scenario.named(scenario.refused) in self.refused.get(scenario.model, "it was loaded")
            return
        expected = grids.in_order(self.expected(scenario).rows)
        assert self.held[scenario.name, scenario.loads] == expected
        assert self.held[scenario.name, scenario.loads + 1] == expected, "the last load once more"
        if (scenario.name, FROM_EMPTY) in self.held:
            assert self.held[scenario.name, FROM_EMPTY] == self.held[scenario.name, 1], "the first load into an empty table"

    def _held(self, scenario: Scenario) -> list[tuple[Any, ...]]:
        columns = self.expected(scenario).columns
        try:
            found = self._rows(f"select {', '.join(columns)} from {self._place(scenario)}")
        except Exception as error:  # each engine has its own
            return [(self.refused.get(scenario.model) or str(error),)]
        return grids.comparable(found, columns)

    def _write(self) -> None:
        settings = {
            "name": "scenarios",
            "profile": "scenarios",
            "vars": self.variant.variables,
            "flags": {"send_anonymous_usage_stats": False},
            "models": {"scenarios": {"+materialized": "table"}},
        }
        profiles = yaml.safe_load((ROOT / "profiles" / "profiles.yml").read_text())["aisle"]["outputs"]
        database = {"type": "duckdb", "path": str(self.folder / "scenarios.duckdb"), "schema": "vault", "threads": 1}
        outputs = {
            "duckdb": database,
            "athena": profiles["athena"] | {"schema": "vault", "poll_interval": 0.05},
        }
        models = self.folder / "models"
        models.mkdir(parents=True)
        (self.folder / "macros").mkdir()
        (self.folder / "macros" / "current_load.sql").write_text(CURRENT_LOAD)
        for folder in ["vault"] + (["athena"] if self.athena else []):
            shutil.copytree(ROOT / "macros" / folder, self.folder / "macros" / folder)
        (self.folder / "dbt_project.yml").write_text(yaml.safe_dump(settings))
        (self.folder / "profiles.yml").write_text(
            yaml.safe_dump({"scenarios": {"target": "athena" if self.athena else "duckdb", "outputs": outputs}})
        )
        for scenario in self.scenarios:
            schema = f"{{{{ config(schema='{scenario.structure}') }}}}\n"
            (models / f"{scenario.model}.sql").write_text(schema + scenario.sql())
            for name in scenario.given:
                (models / f"{scenario.stage(name)}.sql").write_text(f"{schema}select 1 as made_by_the_tests\n")

    def _stages(self, scenario: Scenario, load: int) -> list[str]:
        """The stages as views of the rows of the current load; of the last one, when there are no more. dbt knows them by name only."""
        views = []
        for name, texts in scenario.given.items():
            loads = [grids.read(text, self.variant.hashing) for text in texts]
            views.append(
                f"create or replace view {self._place(scenario, name)} as "
                f"select {', '.join(loads[min(load, len(loads)) - 1].columns)} from {GIVEN}.{scenario.stage(name)} "
                f"where load_number = (select least(number, {len(loads)}) from {GIVEN}.current_load)"
            )
        return views

    def _give(self) -> None:
        """The stages' rows of all loads, as tables."""
        schemas = [GIVEN, *sorted({f"vault_{scenario.structure}" for scenario in self.scenarios})]
        statements = [f"create schema if not exists {schema}" for schema in schemas]
        statements.append(f"create table {GIVEN}.current_load{self._iceberg('current_load')} as select 1 as number")
        for scenario in self.scenarios:
            for name, texts in scenario.given.items():
                loads = [grids.read(text, self.variant.hashing) for text in texts]
                table = scenario.stage(name)
                statements.append(f"create table {GIVEN}.{table}{self._iceberg(table)} as {self._values(loads)}")
        self._execute(*statements)

    def _place(self, scenario: Scenario, stage: str | None = None) -> str:
        """The scenario's target, or a stage of it. Each structure has a schema: dbt looks through all of a schema's relations each time."""
        return f"vault_{scenario.structure}.{scenario.stage(stage) if stage else scenario.model}"

    def _iceberg(self, table: str) -> str:
        if not self.athena:
            return ""
        bucket = self.athena.environment()["AISLE_ATHENA_DATA"]
        return f" with (table_type = 'ICEBERG', is_external = false, location = '{bucket}{GIVEN}/{table}/')"

    def _values(self, loads: list[grids.Grid]) -> str:
        """A query of all loads' rows with their load's number; a column that a load has not is null in it."""
        columns = list(dict.fromkeys(name for grid in loads for name in grid.columns))
        hashing, unhex = self.variant.hashing, "from_hex" if self.athena else "unhex"
        typed = ", ".join(f"cast(null as {grids.sql_type(grids.kind(name), hashing)}) as {name}" for name in columns)
        rows = []
        for number, grid in enumerate(loads, 1):
            for row in grid.rows:
                known = dict(zip(grid.columns, row, strict=True))
                cells = [grids.literal(known.get(name), grids.kind(name), hashing, unhex) for name in columns]
                rows.append(f"({', '.join(cells)}, {number})")
        return f"select {typed}, 0 as load_number where false" + (f" union all values {', '.join(rows)}" if rows else "")

    def _dbt(self, command: str, *arguments: str) -> Any:
        """Run dbt in this process, on the manifest of its first command: parsing takes longer than a load."""
        folder = str(self.folder)
        places = ["--project-dir", folder, "--profiles-dir", folder, "--target-path", f"{folder}/target", "--log-path", f"{folder}/logs"]
        with self._environment():
            done = dbtRunner(manifest=self.manifest).invoke([*SILENT, command, *places, *arguments])
        if done.result is None:
            raise AssertionError(done.exception)
        return done.result

    @contextmanager
    def _environment(self) -> Iterator[None]:
        before = dict(os.environ)
        os.environ.update(self.athena.environment() if self.athena else {}, DO_NOT_TRACK="1")
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)

    def _execute(self, *statements: str) -> None:
        if self.athena:
            for statement in statements:
                self.athena.sql(statement)
            return
        with duckdb.connect(str(self.folder / "scenarios.duckdb")) as connection:
            for statement in statements:
                connection.execute(statement)

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        if self.athena:
            return self.athena.sql(sql)
        with duckdb.connect(str(self.folder / "scenarios.duckdb")) as connection:
            return connection.execute(sql).fetchall()
