"""Every fault in every model and in every source, and which test finds it: `make test-mutation`."""

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path

from ingestion import console
from tests.mutation.mutants import EQUIVALENT, INVALID, KILLED, SURVIVED, Verdict, survivors
from tests.mutation.work import WORKERS, work
from tests.support import ROOT, Warehouse

HOUSEHOLDS = 100
GOAL = 0.95


def main() -> int:
    """Judge, tell, write; 1 when one survives that survivors.yml does not explain."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--most", type=int, default=2, help="places a model and operator (default 2)")
    parser.add_argument("--built", type=Path, help="a warehouse with target/ that is built already")
    arguments = parser.parse_args()
    seed = int(os.environ.get("AISLE_SEED", "20171112"))
    with tempfile.TemporaryDirectory(prefix="mutation-") as scratch:
        warehouse = Warehouse(arguments.built or Path(scratch))
        if not arguments.built:
            warehouse.load(households=HOUSEHOLDS)
            warehouse.run("dbt", "build")
        with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
            parts = [pool.submit(work, str(warehouse.folder), seed, arguments.most, part) for part in range(WORKERS)]
            verdicts = [verdict for part in parts for verdict in part.result()]
    (ROOT / "target").mkdir(exist_ok=True)
    (ROOT / "target" / "mutation.json").write_text(json.dumps([asdict(verdict) for verdict in verdicts], indent=1))
    return tell(verdicts)


def tell(verdicts: list[Verdict]) -> int:
    """A table by operator, then the survivors that nobody has explained."""
    rows = []
    for operator in [*dict.fromkeys(verdict.operator for verdict in verdicts), ""]:
        count = Counter(verdict.outcome for verdict in verdicts if operator in ("", verdict.operator))
        changing = count[KILLED] + count[SURVIVED]
        share = f"{count[KILLED] / changing:.0%}" if changing else ""
        rows.append((operator or "all", count.total() - count[INVALID], count[EQUIVALENT], count[KILLED], count[SURVIVED], share))
    console.table(("fault", "made", "changes nothing", "killed", "survived", "score"), rows)
    explained = survivors()
    unknown = [verdict for verdict in verdicts if verdict.outcome == SURVIVED and verdict.key not in explained]
    for verdict in unknown:
        console.stdout().print(f"survived: {verdict.key}", markup=False, soft_wrap=True)
    killed, survived = (sum(verdict.outcome == outcome for verdict in verdicts) for outcome in (KILLED, SURVIVED))
    console.stdout().print(f"{killed:,} of {killed + survived:,} that change a row are killed; {GOAL:.0%} are wanted.")
    return int(bool(unknown))


if __name__ == "__main__":
    sys.exit(main())
