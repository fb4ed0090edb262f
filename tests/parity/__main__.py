"""Compare the DuckDB build with the one on Athena, cell for cell: every public model and every table of third normal form."""

import argparse
import json
import os
import sys
from pathlib import Path

from ingestion import console, errors, settings
from ingestion.destinations import aws
from ingestion.errors import UserError
from tests.parity.compare import Comparison, compare, relations

EXAMPLES = """examples:
  eval "$(python -m infra.local_athena env)" && make parity
  python -m tests.parity --only star.fct_sales_lines
"""


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.parity", description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", metavar="SCHEMA.NAME", nargs="+", help="compare these relations only")
    arguments = parser.parse_args()
    return errors.run(lambda: _report(arguments.only))


def _report(only: list[str] | None) -> int:
    athena = aws.configured()
    aws.check(athena)
    every = relations(_manifest())
    unknown = set(only or ()) - {str(relation) for relation in every}
    if unknown:
        raise UserError(
            f"{', '.join(sorted(unknown))} is not compared: name public models and tables of third normal form, as star.dim_dates."
        )
    wanted = [relation for relation in every if not only or str(relation) in only]
    found: list[Comparison] = []
    with console.Steps() as steps, steps.step("Comparing", len(wanted)) as advance:
        for comparison in compare(_built(), athena.schema, wanted):
            found.append(comparison)
            advance(1)
    console.table(
        ("relation", "rows", "cells", "differing", ""),
        [(str(one.relation), one.rows, one.cells, one.differing_cells, "; ".join(one.complaints)) for one in found],
        title="DuckDB beside Athena",
    )
    unequal = sum(not one.equal for one in found)
    console.stdout().print(
        f"{sum(one.cells for one in found):,} cells of {len(found)} relations: "
        + (f"{unequal} relations are NOT equal." if unequal else "0 differ.")
    )
    return 1 if unequal else 0


def _manifest() -> dict:
    file = Path(os.environ.get("DBT_TARGET_PATH", settings.ROOT / "target")) / "manifest.json"
    if not file.is_file():
        raise UserError("There is no manifest of a build: run `make build` first.")
    return json.loads(file.read_text())


def _built() -> Path:
    if not settings.built_file().is_file():
        raise UserError(f"There is no build at {settings.built_file()}: run `make build` first.")
    return settings.built_file()


if __name__ == "__main__":
    sys.exit(main())
