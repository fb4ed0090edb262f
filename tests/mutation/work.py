"""What each process does of the whole."""

import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.mutation.built import Built, Project
from tests.mutation.mutants import Verdict, judged, mutants
from tests.mutation.sources import data_faults, suffered
from tests.support import Warehouse

WORKERS = 2


@cache
def built(folder: str) -> Built:
    """A process's own copy."""
    warehouse = Warehouse(Path(folder))
    return Built(Project(warehouse.folder / "target"), warehouse.built, warehouse.raw, Path(tempfile.mkdtemp(dir=folder)))


def work(folder: str, part: int, only: frozenset[str] = frozenset()) -> list[Verdict]:
    """A worker's share of all mutants and faults, or of the mutants of some models."""
    mine = built(folder)
    share = [mutant for mutant in mutants(mine.project) if not only or mine.project.models[mutant.model]["name"] in only][part::WORKERS]
    found = []
    for number, mutant in enumerate(share, 1):
        found.append(judged(mine, mutant))
        if number % 25 == 0:
            sys.stderr.write(f"worker {part + 1}: {number} of {len(share)} mutants\n")
    return found + [suffered(mine, fault) for fault in data_faults()[part::WORKERS] if not only]
