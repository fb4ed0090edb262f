"""Every fault in every model and in every source, and which test finds it: `make test-mutation`."""

import argparse
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import yaml

from ingestion import console
from tests.mutation.mutants import ENDLESS, EQUIVALENT, INVALID, KILLED, SURVIVED, Verdict, survivors
from tests.mutation.work import WORKERS, work
from tests.support import ROOT, Warehouse

HOUSEHOLDS = 100
GOAL = 0.95
PAGE = ROOT / "docs" / "mutation.md"
HEADERS = ("made", "changes nothing", "does not end", "killed", "survived", "score")
MOST = 12
BEGIN, END = "<!-- measured -->", "<!-- end of measured -->"


def main() -> int:
    """Judge, tell, write; 1 when one survives that survivors.yml does not explain, or explains one that does not."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutation",
        description=__doc__,
        epilog="examples: python -m tests.mutation --write; python -m tests.mutation --only dim_stores,fct_sales_lines",
    )
    parser.add_argument("--built", type=Path, help="a warehouse with target/ that is built already")
    parser.add_argument("--write", action="store_true", help="replace the tables of docs/mutation.md")
    parser.add_argument("--only", metavar="MODELS", help="the faults of these models, with commas between them, and none in the data")
    arguments = parser.parse_args()
    only = frozenset(arguments.only.split(",")) if arguments.only else frozenset()
    if unknown := only - {path.stem for path in (ROOT / "models").rglob("*.sql")}:
        parser.error(f"there is no model {', '.join(sorted(unknown))}: --only takes names such as dim_stores")
    if only and arguments.write:
        parser.error("--write replaces the tables of all models: leave out --only")
    with tempfile.TemporaryDirectory(prefix="mutation-") as scratch:
        warehouse = Warehouse(arguments.built or Path(scratch))
        if not arguments.built:
            warehouse.load(households=HOUSEHOLDS)
            warehouse.run("dbt", "build")
        with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
            parts = [pool.submit(work, str(warehouse.folder), part, only) for part in range(WORKERS)]
            verdicts = [verdict for part in parts for verdict in part.result()]
    (ROOT / "target").mkdir(exist_ok=True)
    (ROOT / "target" / "mutation.json").write_text(json.dumps([asdict(verdict) for verdict in verdicts], indent=1))
    if arguments.write:
        write(verdicts)
    return tell(verdicts, only)


def counted(verdicts: list[Verdict], what: Callable[[Verdict], str]) -> list[tuple[object, ...]]:
    """Rows of a table: a kind, how many were made of it, what became of them, and the share of those that change a row that are killed."""
    rows = []
    for kind in [*dict.fromkeys(map(what, verdicts)), ""]:
        count = Counter(verdict.outcome for verdict in verdicts if kind in ("", what(verdict)))
        changing = count[KILLED] + count[SURVIVED]
        share = f"{count[KILLED] / changing:.0%}" if changing else ""
        made = count.total() - count[INVALID]
        rows.append((kind or "all", made, count[EQUIVALENT], count[ENDLESS], count[KILLED], count[SURVIVED], share))
    return rows


def tell(verdicts: list[Verdict], only: frozenset[str] = frozenset()) -> int:
    """A table by fault and one by layer; then the survivors that nobody has explained, as survivors.yml wants them, and the contrary."""
    console.table(("fault", *HEADERS), counted(verdicts, lambda verdict: verdict.operator))
    console.table(("layer", *HEADERS), counted(verdicts, lambda verdict: verdict.layer))
    explained = {key for key in survivors() if not only or key[0] in only}
    found = {verdict.key for verdict in verdicts if verdict.outcome == SURVIVED}
    unknown: dict[str, list[dict[str, object]]] = {}
    for model, fault, place, number in sorted(found - explained):
        unknown.setdefault(model, []).append({"fault": fault, "number": number, "at": place, "why": "?"})
    if unknown:
        sys.stdout.write(yaml.safe_dump(unknown, sort_keys=False, width=200, allow_unicode=True))
    for key in sorted(explained - found):
        sys.stdout.write(f"survives no longer, take it out of survivors.yml: {': '.join(map(str, key))}\n")
    killed, survived = (sum(verdict.outcome == outcome for verdict in verdicts) for outcome in (KILLED, SURVIVED))
    share = f": {killed / (killed + survived):.1%}, {GOAL:.0%} are wanted" if killed + survived else ""
    sys.stdout.write(f"{killed:,} of {killed + survived:,} that change a row are killed{share}.\n")
    return int(explained != found)


def write(verdicts: list[Verdict]) -> None:
    """Replace what stands between the marks in docs/mutation.md."""
    killed, survived = (sum(verdict.outcome == outcome for verdict in verdicts) for outcome in (KILLED, SURVIVED))
    killers = Counter(verdict.by for verdict in verdicts if verdict.outcome == KILLED)
    lines = [
        f"Measured {datetime.now(UTC):%Y-%m-%d}: **{killed:,} of the {killed + survived:,} that change a row are killed,",
        f"{killed / (killed + survived):.1%}; {GOAL:.0%} are wanted.**",
        *_table("fault", counted(verdicts, lambda verdict: verdict.operator)),
        *_table("layer", counted(verdicts, lambda verdict: verdict.layer)),
        "",
        f"{len(killers)} tests kill one or more; these the most:",
        "",
        "| test | kills |",
        "|---|---:|",
        *(f"| `{name}` | {number} |" for name, number in killers.most_common(MOST)),
    ]
    page = PAGE.read_text(encoding="utf-8")
    text = "\n".join(lines)
    PAGE.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n\n{text}\n\n{END}", page, flags=re.DOTALL), encoding="utf-8")


def _table(first: str, rows: list[tuple[object, ...]]) -> list[str]:
    return [
        "",
        f"| {first} | {' | '.join(HEADERS)} |",
        "|---|" + "---:|" * len(HEADERS),
        *(f"| {' | '.join(map(str, row))} |" for row in rows),
    ]


if __name__ == "__main__":
    sys.exit(main())
