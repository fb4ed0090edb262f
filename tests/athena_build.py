"""The project on the session's local Athena, loaded and built by the commands that users run."""

from dataclasses import dataclass, field
from typing import Any

from tests.local_athena import LocalAthena
from tests.support import Warehouse

HALF_YEAR = "2017-06-30"


@dataclass(frozen=True)
class AthenaBuild:
    """A lake in the local Athena, and the folder of its loads' state and dbt's artifacts; dbt's status of each node in its last build."""

    athena: LocalAthena
    schema: str
    statuses: dict[str, str] = field(default_factory=dict)

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
        return self.warehouse.run("dbt", *arguments, "--target", "athena", **self.environment()).stdout

    def build(self, *arguments: str) -> None:
        """Run `dbt build` on Athena and keep the statuses."""
        self.dbt("build", *arguments)
        self.statuses.update({result["unique_id"]: result["status"] for result in self.warehouse.artifact("run_results")["results"]})
