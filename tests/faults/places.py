"""Where a load can be killed: before or after the n-th call of a method (of dlt, the destination, DuckDB's client), or at a moment."""

import random
from collections.abc import Iterator
from itertools import chain, repeat
from typing import Any

from dlt.common.storages.load_package import PackageStorage
from dlt.common.storages.load_storage import LoadStorage
from dlt.destinations.impl.duckdb.sql_client import DuckDbSqlClient
from dlt.destinations.job_client_impl import SqlLoadJob
from dlt.extract.extract import Extract
from dlt.extract.storage import ExtractStorage
from dlt.load import Load
from dlt.normalize import Normalize
from dlt.pipeline.pipeline import Pipeline

from ingestion.destinations.duckdb import JournaledCopyJob, RawClient
from ingestion.loaders.fitting import Fit

PHASES: dict[str, tuple[tuple[type, str], ...]] = {
    "extract": (
        (Fit, "settled_file"),
        (Extract, "extract"),
        (ExtractStorage, "close_writers"),
        (ExtractStorage, "commit_new_load_package"),
        (Extract, "commit_packages"),
    ),
    "normalize": (
        (LoadStorage, "import_extracted_package"),
        (Normalize, "spool_files"),
        (PackageStorage, "save_schema"),
        (LoadStorage, "commit_new_load_package"),
        (PackageStorage, "delete_package"),
    ),
    "load": (
        (RawClient, "initialize_storage"),
        (RawClient, "update_stored_schema"),
        (LoadStorage, "commit_schema_update"),
        (DuckDbSqlClient, "execute_sql"),
        (DuckDbSqlClient, "commit_transaction"),
        (SqlLoadJob, "run"),
        (PackageStorage, "start_job"),
        (PackageStorage, "import_job"),
    ),
    "journal": (
        (JournaledCopyJob, "run"),
        (PackageStorage, "save_pending_transition"),
        (PackageStorage, "complete_job"),
        (PackageStorage, "clear_pending_transition"),
        (RawClient, "complete_load"),
        (LoadStorage, "complete_load_package"),
        (LoadStorage, "maybe_remove_completed_jobs"),
    ),
    "state": (
        (Pipeline, "_bump_version_and_extract_state"),
        (Pipeline, "_save_restore_snapshot"),
        (Pipeline, "_save_state"),
        (PackageStorage, "save_load_package_state"),
        (Load, "_maybe_truncate_staging_dataset"),
    ),
}
METHODS = {f"{owner.__name__}.{method}": (owner, method) for owner, method in chain.from_iterable(PHASES.values())}
MOMENTS = 2  # in each round over the phases

Kill = dict[str, Any]  # {"place", "when", "call"} or {"part"}: of the time that an unkilled load takes


def drawn(seed: str, calls: dict[str, int], number: int) -> list[tuple[str, Kill]]:
    """Phase and kill of so many trials, the same ones for the same seed; `calls`: how often an unkilled load comes by each place."""
    chance = random.Random(seed)  # noqa: S311 (no secret)
    return [(phase, _kill(chance, phase, calls)) for phase, _ in zip(_rounds(chance), range(number), strict=False)]


def _rounds(chance: random.Random) -> Iterator[str]:
    """Every phase, and some mere moments, in an order of chance, again and again."""
    while True:
        phases = [*PHASES, *repeat("moment", MOMENTS)]
        chance.shuffle(phases)
        yield from phases


def _kill(chance: random.Random, phase: str, calls: dict[str, int]) -> Kill:
    if phase == "moment":
        return {"part": round(chance.uniform(0.05, 0.95), 3)}
    names = [name for owner, method in PHASES[phase] if calls.get(name := f"{owner.__name__}.{method}")]
    place = chance.choice(names)
    return {"place": place, "when": chance.choice(("before", "after")), "call": chance.randint(1, calls[place])}


def earlier(kill: Kill) -> Kill:
    """The same kill earlier, for a load that was faster, or came by less often, than the one that was measured."""
    return kill | {"part": kill["part"] / 2} if "part" in kill else kill | {"call": kill["call"] // 2 or 1}
