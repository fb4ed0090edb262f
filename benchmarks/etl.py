"""One served table made both ways: transformed in pandas before it is stored, or loaded as it is and transformed by dbt."""

import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Figure, Run, command

TABLE = "vw_sales_by_week_and_department"
SCRIPT = "analyses.etl.sales_by_week_and_department"
LINES = 1_469_307


def figures(folder: Path) -> Iterator[Figure]:
    """From the running sources to the table, and again after a rule has changed: ETL extracts anew, ELT builds from raw."""
    command(sys.executable, "-m", "ingestion", "grocer", "up", warehouse=folder)
    try:
        etl = command(sys.executable, "-m", SCRIPT, "--out", str(folder / f"{TABLE}.parquet"), warehouse=folder)
        load = command(sys.executable, "-m", "ingestion", "load", warehouse=folder)
    finally:
        command(sys.executable, "-m", "ingestion", "grocer", "down", warehouse=folder)
    build, view, wide = (build_of(models, folder) for models in (f"+{TABLE}", TABLE, f"obt_sales_lines+,+{TABLE}"))
    elt = f"ELT: load {told(load)}, then dbt {told(build)}"
    yield Figure(f"ETL, {told(etl)}", LINES, etl.seconds, elt, load.seconds + build.seconds)
    yield Figure("ETL again, a rule of the view changed", LINES, etl.seconds, f"dbt, the view, {told(view)}", view.seconds)
    yield Figure("ETL again, a rule of the wide table changed", LINES, etl.seconds, f"dbt, table and view, {told(wide)}", wide.seconds)


def build_of(models: str, folder: Path) -> Run:
    """Those models without their tests, which the other way has not either; seeds belong to them."""
    return command("dbt", "build", "--select", models, "--exclude-resource-type", "test", "unit_test", "snapshot", warehouse=folder)


def told(run: Run) -> str:
    return f"peak {run.peak_mib:,.0f} MiB"
