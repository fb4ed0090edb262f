"""Timing: whole commands with their peak memory, and pairs of jobs in turn."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Figure:
    """One line of the table: what was measured, over which rows, in seconds, against what, with the most that is allowed."""

    what: str
    rows: int | None
    seconds: float
    against: str = ""
    against_seconds: float | None = None
    limit: str = ""

    @property
    def ratio(self) -> float | None:
        return self.seconds / self.against_seconds if self.against_seconds else None


@dataclass(frozen=True)
class Run:
    """A finished command: wall seconds, and the peak resident memory of its largest process in MiB."""

    seconds: float
    peak_mib: float


def command(*arguments: str, warehouse: Path) -> Run:
    """Run one of the project's commands against a warehouse folder; a failure ends the benchmark with what it printed."""
    environment = os.environ | {
        "AISLE_WAREHOUSE": str(warehouse),
        "DBT_TARGET_PATH": str(warehouse / "target"),
        "DBT_LOG_PATH": str(warehouse / "logs"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    log = warehouse / "command.log"
    begun = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(arguments, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(arguments)} failed:\n{log.read_text()[-4000:]}")
    return Run(time.perf_counter() - begun, usage.ru_maxrss / 1024)


def in_turn(jobs: Sequence[Callable[[], None]], runs: int) -> list[float]:
    """Median seconds of each job, run one after the other so that the machine's mood meets all alike."""
    times: list[list[float]] = [[] for _ in jobs]
    for _ in range(runs):
        for job, seen in zip(jobs, times, strict=True):
            begun = time.perf_counter()
            job()
            seen.append(time.perf_counter() - begun)
    return [statistics.median(seen) for seen in times]
