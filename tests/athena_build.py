"""The project on the session's local Athena, loaded and built by the commands that users run."""

import os
import random
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from tests.local_athena import LocalAthena
from tests.support import Warehouse

HALF_YEAR = "2017-06-30"
WHOLE = os.environ.get("AISLE_ATHENA_TESTS") == "all"


@dataclass(frozen=True)
class AthenaBuild:
    """A lake in the local Athena, and the folder of its loads' state and dbt's artifacts; dbt's status of each node in its last build."""

    athena: LocalAthena
    schema: str
    statuses: dict[str, str] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)

    @property
    def warehouse(self) -> Warehouse:
        return Warehouse(self.athena.folder)

    def environment(self) -> dict[str, str]:
        """The process environment that points the project's commands at it."""
        return self.athena.environment() | {"AISLE_ATHENA_SCHEMA": self.schema}

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """A query's rows; names without a database are those of the star."""
        return self.athena.sql(sql, database=f"{self.schema}_star")

    def load(self, households: int, until: str) -> None:
        command = ("python", "-m", "ingestion", "load", "--to", "athena", "--households", str(households), "--until", until)
        self.warehouse.run(*command, **self.environment())

    def dbt(self, *arguments: str) -> str:
        """Run dbt on Athena; gives what it printed."""
        dbt = ("python", "-m", "infra.local_athena.quick_dbt")
        return self.warehouse.run(*dbt, *arguments, "--target", "athena", **self.environment()).stdout

    def build(self, *arguments: str) -> None:
        """Run `dbt build` on Athena and keep the statuses."""
        self.dbt("build", *arguments)
        self.statuses.update({result["unique_id"]: result["status"] for result in self.warehouse.artifact("run_results")["results"]})


def left_out(manifest: dict[str, Any]) -> set[str]:
    """The names of the data tests not run on Athena, where each costs a second; none of them with AISLE_ATHENA_TESTS=all, as at night.

    DuckDB has run them all, and parity compares what they are about. Those kept show that each kind works there: of every generic test
    one, drawn by lot and always the same, and every test of its own SQL. Unit tests are all run: parity does not see their rows.
    """
    if WHOLE:
        return set()
    drawn = random.Random(9)  # noqa: S311 (no secret)
    kinds = defaultdict(list)
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and node.get("test_metadata"):
            kinds[node["test_metadata"]["namespace"], node["test_metadata"]["name"]].append(node["name"])
    kept = {drawn.choice(sorted(names)) for _, names in sorted(kinds.items(), key=str)}
    return {name for names in kinds.values() for name in names} - kept
