"""The other half of docs/decisions/0010-exactly-once.md: seeded kills as in test_kills.py, on dlt's DuckDB destination as it ships."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from ingestion import console
from tests.faults.shop import DISPOSITIONS, Shop
from tests.faults.trials import Trials, driver

NOTE = "PackageStorage.save_pending_transition"  # a job is committed, and dlt is about to note it
HEADERS = ("disposition", "kills", "wrong after the next load", "half a table seen", "kills before a note", "wrong after the next load")


def main() -> int:
    """Parse, kill, count."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=14, help="trials of each disposition (default 14)")
    parser.add_argument("--seed", default="20171112", help="draws other places")
    arguments = parser.parse_args()
    console.table(HEADERS, list(rows(arguments.kills, arguments.seed)), title="kill -9, then one more run: dlt's own DuckDB destination")
    return 0


def rows(kills: int, seed: str) -> Iterator[tuple[object, ...]]:
    """A line of the table for each disposition."""
    with driver(stock=True) as process:
        for disposition in DISPOSITIONS:
            with TemporaryDirectory(prefix="kills-") as folder:
                place = f"{folder}/drops" if disposition == "files" else f"sqlite:///{folder}/shop.sqlite"
                trials = Trials(process, Shop(disposition, place), Path(folder))
                drawn = list(trials.run(f"{seed} {disposition}", kills))
                notes = [trials.trial("note", {"place": NOTE, "when": "before", "call": call + 1}) for call in range(trials.calls[NOTE])]
            seen = sum(map(trials.half_seen, drawn + notes))
            yield disposition, kills, sum(map(trials.spoilt, drawn)), seen, len(notes), sum(map(trials.spoilt, notes))


if __name__ == "__main__":
    sys.exit(main())
