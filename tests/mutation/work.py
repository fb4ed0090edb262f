"""What each process does of the whole."""

import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.mutation.built import Built, Project
from tests.mutation.mutants import Verdict, drawn, judged
from tests.mutation.sources import data_faults, suffered
from tests.support import Warehouse

WORKERS = 2


@cache
def built(folder: str) -> Built:
    """A process's own copy."""
    warehouse = Warehouse(Path(folder))
    return Built(Project(warehouse.folder / "target"), warehouse.built, warehouse.raw, Path(tempfile.mkdtemp(dir=folder)))


def work(folder: str, seed: int, most: int, part: int) -> list[Verdict]:
    """A worker's share of all mutants and faults."""
    mine = built(folder)
    mutants = drawn(mine.project, seed, most)[part::WORKERS]
    found = []
    for number, mutant in enumerate(mutants, 1):
        found.append(judged(mine, mutant))
        if number % 25 == 0:
            sys.stderr.write(f"worker {part + 1}: {number} of {len(mutants)} mutants\n")
    return found + [suffered(mine, fault) for fault in data_faults()[part::WORKERS]]
