"""The second engine: a local Athena brought up, loaded, built with every test, and compared with DuckDB's build cell for cell."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import nesting
from benchmarks.measure import Figure, command
from infra.local_athena import install, lake, shell, systems
from infra.local_athena.processes import Part
from infra.local_athena.state import State

SUBSET = 100
UP, SUBSET_BUILD = "≤ 60 s", "≤ 240 s"


def figures(warehouse: Path, households: int | None, runs: int) -> Iterator[Figure]:
    """Everything in a warehouse of its own; `households` None is all of the data, for which Java compiles fully."""
    install.install()
    who = "all households" if households is None else f"{households} households"
    some = () if households is None else ("--households", str(households))
    try:
        known, seconds = timed(lambda: systems.up(full_jit=households is None)[0])
        yield Figure("local Athena up", None, seconds, limit=UP)
        os.environ.update(known.environment())
        lake.make(known)
        ours = command(sys.executable, "-m", "ingestion", "load", *some, warehouse=warehouse)
        theirs = command(sys.executable, "-m", "ingestion", "load", "--to", "athena", *some, warehouse=warehouse)
        yield Figure(f"load to Athena, {who}", None, theirs.seconds, "load to DuckDB", ours.seconds)
        theirs = command("dbt", "build", "--target", "athena", warehouse=warehouse)
        peaks = memory(known)
        ours = command("dbt", "build", warehouse=warehouse)
        yield Figure(
            f"dbt build on Athena, {who} ({peaks})",
            None,
            theirs.seconds,
            "on DuckDB",
            ours.seconds,
            SUBSET_BUILD if households == SUBSET else "",
        )
        parity = command(sys.executable, "-m", "tests.parity", warehouse=warehouse)
        yield Figure(f"parity, {who}: every cell equal", None, parity.seconds)
        with shell.connected(known, "default") as connection:
            settings = known.environment()
            yield from nesting.on_athena(
                lambda sql: shell.rows(connection, sql), settings["AISLE_ATHENA_SCHEMA"], settings["AISLE_ATHENA_DATA"], runs
            )
    finally:
        systems.down()


def timed(work: Callable[[], State]) -> tuple[State, float]:
    """What the work gives, and its seconds."""
    begun = time.perf_counter()
    return work(), time.perf_counter() - begun


def memory(known: State) -> str:
    """The most that each server has held, as Linux tells."""
    return ", ".join(f"{part.title} {peak_mib(part):,.0f} MiB" for part in (systems.AWS, systems.TRINO)) + f", heap {known.heap}"


def peak_mib(part: Part) -> float:
    """Peak resident memory of a server; 0 where /proc does not tell."""
    status = Path(f"/proc/{part.process_id()}/status")
    if not status.is_file():
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.read_text().splitlines() if line.startswith("VmHWM")), 0.0)
