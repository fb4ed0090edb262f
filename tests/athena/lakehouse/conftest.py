"""The lessons as a learner runs them: compiled once, each run once a session by the command, with what its statements gave."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.athena_build import AthenaBuild

ANALYSES = Path("compiled", "aisle", "analyses", "lakehouse")


@dataclass(frozen=True)
class Ran:
    """The outcomes of a lesson's statements, as its command tells them."""

    outcomes: list[dict[str, Any]]

    @property
    def refusals(self) -> list[str]:
        return [outcome["refusal"] for outcome in self.outcomes if outcome["refusal"] is not None]

    def at(self, moment: str) -> dict[str, Any]:
        """Every figure that the lesson gave for a moment; `bytes_read` is that of the last statement that gave one."""
        found: dict[str, Any] = {}
        for outcome in self.outcomes:
            if outcome["columns"][:1] == ["moment"] and outcome["rows"][0][0] == moment:
                found |= dict(zip(outcome["columns"], outcome["rows"][0], strict=True)) | {"bytes_read": outcome["bytes_read"]}
        assert found, f"no statement gave figures for the moment {moment!r}"
        return found

    def state(self, moment: str) -> tuple[int, int, int, int]:
        """Rows, data files, delete files and snapshots at a moment."""
        return tuple(self.at(moment)[name] for name in ("row_count", "data_files", "delete_files", "snapshots"))


class Lessons:
    """The lessons, compiled in a folder of dbt's artifacts of their own."""

    def __init__(self, build: AthenaBuild, target: Path) -> None:
        self.build = build
        self.target = target
        self.snapshots_before = self.snapshots_of_the_fact()
        self._ran: dict[str, Ran] = {}

    def compile(self) -> None:
        """Compile them, on what the build has parsed."""
        shutil.copy(self.build.warehouse.folder / "target" / "partial_parse.msgpack", self.target)
        self.build.warehouse.run("dbt", "compile", "-s", "path:analyses/lakehouse", "--target", "athena", **self._environment())

    def once(self, name: str) -> Ran:
        """The lesson's outcomes, from its first run in this session."""
        if name not in self._ran:
            self._ran[name] = self.again(name)
        return self._ran[name]

    def again(self, name: str) -> Ran:
        """Run the lesson now."""
        return Ran([json.loads(line) for line in self.command(name, "--json").stdout.splitlines()])

    def command(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self.build.warehouse.run("python", "-m", "infra.lakehouse", *arguments, check=check, **self._environment())

    def changed(self, name: str, text: str, target: Path) -> "Lessons":
        """The same lessons with another text of one of them, compiled in another folder."""
        shutil.copytree(self.target / ANALYSES, target / ANALYSES)
        (target / ANALYSES / f"{name}.sql").write_text(text)
        return Lessons(self.build, target)

    def compiled(self, name: str) -> str:
        return (self.target / ANALYSES / f"{name}.sql").read_text()

    def snapshots_of_the_fact(self) -> list[tuple[int]]:
        """The versions of the table that every lesson copies."""
        return self.build.rows('select snapshot_id from "fct_sales_lines$snapshots" order by committed_at')

    def objects(self, table: str) -> int:
        """How many files of data lie in the bucket under a lesson's table, whichever snapshot names them."""
        pages = self.build.athena.client("s3").get_paginator("list_objects_v2").paginate(
            Bucket="aisle-data", Prefix=f"{self.build.schema}_lakehouse/{table}/data/"
        )  # fmt: skip
        return sum(page["KeyCount"] for page in pages)

    def _environment(self) -> dict[str, str]:
        return self.build.environment() | {"DBT_TARGET_PATH": str(self.target)}


@pytest.fixture(scope="session")
def lessons(athena_build: AthenaBuild, tmp_path_factory: pytest.TempPathFactory) -> Lessons:
    """The compiled lessons, on the session's lake."""
    compiled = Lessons(athena_build, tmp_path_factory.mktemp("lessons"))
    compiled.compile()
    return compiled
