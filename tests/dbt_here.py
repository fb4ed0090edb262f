"""dbt in this process, on a manifest that is parsed once: its start and its parse take longer than most of what a test has it do."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from tests.support import ROOT


@dataclass(frozen=True)
class Told:
    """Whether a command succeeded, and what it told, with what goes into the log only."""

    success: bool
    text: str


class Dbt:
    """The project's dbt in an environment, with artifacts in a folder of its own."""

    def __init__(self, environment: Mapping[str, str], target: str, folder: Path) -> None:
        self._environment = environment
        places = (ROOT, ROOT / "profiles", folder, folder / "logs")
        self._options = ["--target", target]
        for name, place in zip(("project-dir", "profiles-dir", "target-path", "log-path"), places, strict=True):
            self._options += [f"--{name}", str(place)]
        self._manifest: Manifest | None = None

    def run(self, *arguments: str) -> Told:
        """Run a command; a project that cannot be parsed fails the test."""
        told: list[str] = []
        with patch.dict(os.environ, self._environment, clear=True):
            self._manifest = self._manifest or dbtRunner().invoke(["--quiet", "parse", *self._options]).result
            assert self._manifest
            runner = dbtRunner(manifest=self._manifest, callbacks=[lambda event: told.append(event.info.msg)])
            done = runner.invoke(["--quiet", *arguments, *self._options])
        return Told(done.success, "\n".join([*told, str(done.exception or "")]))
