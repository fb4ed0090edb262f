"""What several tests share: running the project's own commands against a warehouse of their own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tests import resident_dbt

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Warehouse:
    """A folder in place of `warehouse/`, with dbt's artifacts beside it."""

    folder: Path

    @property
    def raw(self) -> Path:
        return self.folder / "raw.duckdb"

    @property
    def built(self) -> Path:
        return self.folder / "aisle.duckdb"

    def environment(self) -> dict[str, str]:
        """The process environment that points every command of the project at this folder."""
        return os.environ | {
            "AISLE_WAREHOUSE": str(self.folder),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "DBT_LOG_LEVEL_FILE": "info",
            "NO_COLOR": "1",
        }

    def run(self, *command: str, check: bool = True, **extra: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the venv (`python`, `dbt`, …) at the project's root; a failure shows what it printed."""
        program, *arguments = command
        environment = self.environment() | extra
        if program == "dbt" and resident_dbt.knows(arguments):
            done = resident_dbt.run(arguments, environment)
        else:
            done = subprocess.run(
                [str(BIN / program), *arguments],
                cwd=ROOT,
                env=environment,
                capture_output=True,
                text=True,
                timeout=resident_dbt.SECONDS,
            )
        if check and done.returncode:
            raise AssertionError(f"{' '.join(command)} exited {done.returncode}:\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}")
        return done

    def load(self, *, until: str = "2017-12-31", households: int | None = None) -> None:
        self.run("python", "-m", "ingestion", "load", "--until", until, *(["--households", str(households)] if households else []))

    def artifact(self, name: str) -> dict[str, Any]:
        """One of dbt's artifacts: `manifest`, `run_results`, …"""
        return json.loads((self.folder / "target" / f"{name}.json").read_text())


def tables(path: Path) -> list[str]:
    """`schema.table` of every base table in a DuckDB file."""
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute(
            "select schema_name || '.' || table_name as name from duckdb_tables() where not temporary and not internal order by name"
        )
        return [name for (name,) in found.fetchall()]


def differences(left: Path, right: Path, table: str, ignore: frozenset[str] = frozenset()) -> tuple[int, int, int]:
    """Rows of `table` in the left file, and rows that only the left and only the right file hold (bags, all columns but `ignore`).

    Bags of the same size whose rows' hashes of 64 bits have the same sum are taken for equal: to look for the rows takes ten times as long.
    """
    with duckdb.connect() as connection:
        connection.execute(f"attach '{left}' as l (read_only); attach '{right}' as r (read_only)")
        columns = ", ".join(f'"{name}"' for (name, *_) in connection.execute(f"describe l.{table}").fetchall() if name not in ignore)
        bags = [connection.execute(f"select count(*), sum(hash({columns})) from {side}.{table}").fetchone() for side in "lr"]
        if bags[0] == bags[1]:
            return bags[0][0], 0, 0
        only = "select count(*) from (select {columns} from {0}.{table} except all select {columns} from {1}.{table})"
        found = [connection.execute(only.format(*sides, columns=columns, table=table)).fetchone()[0] for sides in ("lr", "rl")]
        return bags[0][0], *found
