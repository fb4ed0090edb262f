"""A built subset that can be built again from any model on, in one transaction that is rolled back: a mutant costs what changes."""

import json
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Timer
from typing import Any

import duckdb

from serving.questions import compared, questions

SECONDS = 30
TABLES = ("table", "incremental", "materialized_view")


class Killed(Exception):  # noqa: N818 (what a mutant is)
    """A test has failed: its name."""


class Endless(Exception):  # noqa: N818 (what a mutant is)
    """The build takes much longer than any model does. Whoever builds it notices, but no test does."""


@dataclass(frozen=True)
class UnitTest:
    """dbt's compiled query of a unit test: the model's SQL in the midst of its fixtures, and the rows expected."""

    name: str
    query: str
    model_sql: str


class Project:
    """What dbt compiled and wrote at a whole build: models, tests, and their order."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._manifest: dict[str, Any] = json.loads((target / "manifest.json").read_text())
        nodes = self._manifest["nodes"].values()
        self.models = {node["unique_id"]: node for node in nodes if node["resource_type"] == "model"}
        self.tests = [node for node in nodes if node["resource_type"] == "test"]

    def relation(self, unique_id: str) -> str:
        node = self.models[unique_id]
        return f'"{node["schema"]}"."{node["alias"]}"'

    @cached_property
    def ordered(self) -> list[str]:
        """Models, parents first."""
        done: dict[str, None] = {}

        def visit(unique_id: str) -> None:
            if unique_id in done or unique_id not in self.models:
                return
            for parent in self.models[unique_id]["depends_on"]["nodes"]:
                visit(parent)
            done[unique_id] = None

        for unique_id in self.models:
            visit(unique_id)
        return list(done)

    @cached_property
    def below(self) -> dict[str, set[str]]:
        """Each model's descendants."""
        found: dict[str, set[str]] = defaultdict(set)
        for unique_id in self.ordered:
            for parent in self.models[unique_id]["depends_on"]["nodes"]:
                if parent in self.models:
                    for ancestor in (parent, *(above for above in list(found) if parent in found[above])):
                        found[ancestor].add(unique_id)
        return found

    def tests_of(self, changed: set[str], unknown: set[str]) -> Iterator[dict[str, Any]]:
        """Data tests that read something changed and nothing whose rows are not known yet."""
        for test in self.tests:
            read = set(test["depends_on"]["nodes"])
            if read & changed and not read & unknown:
                yield test

    def unit_tests(self, unique_id: str) -> Iterator[UnitTest]:
        for test in self._manifest["unit_tests"].values():
            if unique_id in test["depends_on"]["nodes"] and test["model"] == self.models[unique_id]["name"]:
                place = Path("aisle") / test["original_file_path"] / Path(test["original_file_path"]).parent / f"{test['name']}.sql"
                compiled, run = (self._target / folder / place for folder in ("compiled", "run"))
                if compiled.is_file() and run.is_file() and compiled.read_text().strip() in run.read_text():
                    yield UnitTest(test["name"], run.read_text(), compiled.read_text().strip())


class Built:
    """The built rows in a database of one's own, without the constraints that would forbid to replace a parent."""

    def __init__(self, project: Project, built: Path, raw: Path, folder: Path) -> None:
        self.project = project
        self.connection = duckdb.connect(str(folder / "aisle.duckdb"))
        self.connection.execute(
            "set threads = 1; set enable_progress_bar = false; set preserve_insertion_order = false; set timezone = 'UTC'"
        )
        self.raw = shutil.copy(raw, folder / "raw.duckdb")
        self.connection.execute(f"attach '{self.raw}' as raw; attach '{built}' as built (read_only)")
        tables = self.connection.execute("select schema_name, table_name from duckdb_tables() where database_name = 'built'").fetchall()
        for schema, table in tables:
            self.connection.execute(f'create schema if not exists "{schema}"')
            self.connection.execute(f'create table "{schema}"."{table}" as from built."{schema}"."{table}"')
        self.connection.execute("detach built")
        for unique_id in project.ordered:
            node = project.models[unique_id]
            if node["config"]["materialized"] == "view":
                self.connection.execute(f'create schema if not exists "{node["schema"]}"')
                self._make(unique_id, node["compiled_code"])
        self.known = {test["unique_id"]: self.failures(test) for test in project.tests}

    def _make(self, unique_id: str, sql: str) -> None:
        kind = "table" if self.project.models[unique_id]["config"]["materialized"] in TABLES else "view"
        self.connection.execute(f"create or replace {kind} {self.project.relation(unique_id)} as {sql}")

    @contextmanager
    def undone(self) -> Iterator[None]:
        """All that is built inside is rolled back; Endless when it takes much longer than any model does."""
        self.connection.begin()
        patience = Timer(SECONDS, self.connection.interrupt)
        patience.start()
        try:
            yield
        except duckdb.InterruptException:
            raise Endless from None
        finally:
            patience.cancel()
            self.connection.rollback()

    def rebuilt(self, changed: set[str]) -> set[str]:
        """Build what changes below models or sources that have changed, each model's tests after it; gives what did. Killed by a test."""
        waiting = set(self.project.models) - changed
        for unique_id in self.project.ordered:
            waiting.discard(unique_id)
            node = self.project.models[unique_id]
            if unique_id in changed or not changed & set(node["depends_on"]["nodes"]):
                continue
            if node["config"]["materialized"] == "view" or self.replaced(unique_id, node["compiled_code"]):
                changed.add(unique_id)
                self.check({unique_id}, {model for model in waiting if model in self.project.below[unique_id]})
        self.check(changed, set())
        self.ask(changed)
        return changed

    def ask(self, changed: set[str]) -> None:
        """Ask the questions that four models answer; Killed where they differ."""
        names = {self.project.models[unique_id]["name"] for unique_id in changed if unique_id in self.project.models}
        for question in questions():
            read = set(re.findall(r"\w+", " ".join(question.sql.values())))
            if read & names and compared(self.connection, question).complaints:
                raise Killed(f"question {question.name}")

    def replaced(self, unique_id: str, sql: str) -> bool:
        """Build a model with this SQL; gives whether its rows are others than before. Killed when its contract does not hold."""
        relation = self.project.relation(unique_id)
        self.connection.execute(f"create or replace temp table before as from {relation}")
        self._make(unique_id, sql)
        self._check_contract(unique_id, relation)
        return self._differs("before", relation)

    def _differs(self, before: str, now: str) -> bool:
        """Whether rows or types are others; dbt wrote the columns in the contract's order, the statement gives them in its own."""
        was, is_now = (
            dict(self.connection.execute(f"select column_name, column_type from (describe {name})").fetchall()) for name in (before, now)
        )
        if was != is_now:
            return True
        names = ", ".join(f'"{name}"' for name in was)
        sql = f"select 1 from (select {names} from {{}} except all select {names} from {{}}) limit 1"
        return any(self.connection.execute(sql.format(*pair)).fetchone() for pair in ((before, now), (now, before)))

    def _check_contract(self, unique_id: str, relation: str) -> None:
        node = self.project.models[unique_id]
        if not node["config"]["contract"]["enforced"]:
            return
        types = {name: kind for name, kind, *_ in self.connection.execute(f"describe {relation}").fetchall()}
        promised = {name: kind for name, kind, *_ in self.connection.execute("describe before").fetchall()}
        if types != promised:
            raise Killed(f"contract of {node['name']}")
        required = [
            name for name, column in node["columns"].items() if any(one["type"] == "not_null" for one in column.get("constraints", []))
        ]
        for name in required:
            if self.connection.execute(f'select 1 from {relation} where "{name}" is null limit 1').fetchone():
                raise Killed(f"contract of {node['name']}: {name} is not null")

    def check(self, changed: set[str], unknown: set[str]) -> None:
        """Run the data tests that can be run; Killed by the first that finds more than before."""
        for test in self.project.tests_of(changed, unknown):
            if self.failures(test) > self.known[test["unique_id"]]:
                raise Killed(test["name"])

    def failures(self, test: dict[str, Any]) -> int:
        """How many rows a data test finds; a warning, such as a finding of bad input, has some in the data as it is."""
        count = test["config"]["fail_calc"]
        return int(self.connection.execute(f"select {count} from ({test['compiled_code']}) as failures").fetchone()[0] or 0)

    def differs_from_expected(self, test: UnitTest, sql: str) -> bool:
        """Whether a unit test fails when the model's SQL in it is this one."""
        query = re.sub(r"\A.*?(?=with dbt_internal_unit_test_actual)", "", test.query.replace(test.model_sql, sql), flags=re.DOTALL)
        rows = self.connection.execute(query).fetchall()
        actual = sorted(str(row[:-1]) for row in rows if row[-1] == "actual")
        return actual != sorted(str(row[:-1]) for row in rows if row[-1] == "expected")
