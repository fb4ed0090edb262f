"""Measure the figures of docs/performance.md in one run: the main job, loading, increments, ETL, building, the star, the vault's macros,
nesting, views, metrics, the page, the second engine."""

import argparse
import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import ROOT, Figure, command
from ingestion import console, errors, settings

PAGE = ROOT / "docs" / "performance.md"
GROUPS = ("job", "loading", "ingestion", "etl", "building", "star", "vault", "nesting", "views", "metrics", "page", "athena")
LONG = "athena-all"  # half an hour: measured when it is named
HEADERS = ("what", "rows", "seconds", "against", "seconds", "ratio", "allowed")


def main() -> int:
    """Parse, measure, print; with --write the table replaces the one in docs/performance.md."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        epilog="example: python -m benchmarks --only loading --runs 5 --write",
    )
    parser.add_argument("--only", choices=(*GROUPS, LONG), help=f"measure one group; all of them but {LONG} without it")
    parser.add_argument("--runs", type=int, default=3, help="how often each pair of jobs runs in turn (default 3)")
    parser.add_argument("--write", action="store_true", help="replace the group's table in docs/performance.md")
    arguments = parser.parse_args()
    (disk := settings.warehouse()).mkdir(parents=True, exist_ok=True)
    for group in [arguments.only] if arguments.only else GROUPS:
        with TemporaryDirectory(prefix="bench-", dir=disk) as folder:
            rows = [cells(figure) for figure in measured(group, Path(folder), arguments)]
        console.table(HEADERS, rows, title=group)
        if arguments.write:
            write(group, rows)
    return 0


def measured(group: str, folder: Path, arguments: argparse.Namespace) -> Iterator[Figure]:
    """The figures of one group, measured in a warehouse of its own."""
    os.environ["AISLE_WAREHOUSE"] = str(folder)
    if group == "job":
        yield from job(folder)
    elif group in ("loading", "ingestion"):
        from benchmarks import ingestion, loading
        from ingestion.grocer import systems

        grocer = systems.up(date(2017, 12, 31), None)
        try:
            yield from (loading if group == "loading" else ingestion).figures(grocer, arguments.runs)
        finally:
            systems.down()
    elif group == "etl":
        from benchmarks import etl

        yield from etl.figures(folder)
    elif group in ("athena", LONG):
        from benchmarks import athena

        yield from athena.figures(folder, None if group == LONG else athena.SUBSET, arguments.runs)
    elif group == "star":
        from benchmarks import star

        yield from star.figures(folder, arguments.runs)
    elif group == "vault":
        from benchmarks import vault

        yield from vault.figures(folder, arguments.runs)
    elif group == "metrics":
        from benchmarks import metrics

        yield from metrics.figures(folder)
    elif group == "page":
        from benchmarks import page

        yield from page.figures(folder)
    elif group in ("nesting", "views"):
        from benchmarks import nesting, views

        command(sys.executable, "-m", "ingestion", "load", warehouse=folder)
        command("dbt", "build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test", warehouse=folder)
        yield from (nesting if group == "nesting" else views).figures(folder, arguments.runs)
    else:
        from benchmarks import building

        command(sys.executable, "-m", "ingestion", "load", warehouse=folder)
        yield from building.figures(folder)


def job(folder: Path) -> Iterator[Figure]:
    """The parts of `make demo` after the install, and all of it again when nothing has changed."""
    parts = {name: command(sys.executable, "-m", *name.split(), warehouse=folder) for name in ("ingestion load", *SERVING)}
    yield Figure("make demo, after the install", 22_409_836, sum(part.seconds for part in parts.values()), limit="≤ 120 s")
    for name, part in parts.items():
        yield Figure(f"of which {name} (largest process {part.peak_mib:,.0f} MiB)", None, part.seconds)
    again = sum(command(sys.executable, "-m", *name.split(), warehouse=folder).seconds for name in ("ingestion load", *SERVING))
    yield Figure("make demo again, nothing changed", None, again)


SERVING = ("serving build --if-changed", "serving publish", "serving report")


def cells(figure: Figure) -> tuple[object, ...]:
    ratio = f"{figure.ratio:.2f}" if figure.ratio else None
    other = told(figure.against_seconds) if figure.against_seconds else None
    return (figure.what, figure.rows, told(figure.seconds), figure.against or None, other, ratio, figure.limit or None)


def told(seconds: float) -> str:
    """Tenths of a second, hundredths below one."""
    return f"{seconds:.1f}" if seconds >= 1 else f"{seconds:.2f}"


def shown(cell: object) -> str:
    if cell is None:
        return ""
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def write(group: str, rows: list[tuple[object, ...]]) -> None:
    """Replace what stands between the group's marks in docs/performance.md."""
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    engines = f"duckdb {version('duckdb')}, dlt {version('dlt')}, dbt-core {version('dbt-core')}"
    lines = [
        f"Measured {datetime.now(UTC):%Y-%m-%d} on {machine}; {engines}.",
        "",
        "| " + " | ".join(HEADERS) + " |",
        "|---|---:|---:|---|---:|---:|---|",
        *(f"| {' | '.join(map(shown, row))} |" for row in rows),
    ]
    begin, end = f"<!-- {group} -->", f"<!-- end of {group} -->"
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(re.sub(f"{begin}.*{end}", lambda _: "\n".join([begin, "", *lines, "", end]), page, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    if not shutil.which("dbt", path=str(Path(sys.executable).parent)):
        sys.exit("error: dbt is not installed beside this Python: run `make install`, then `make bench`.")
    sys.exit(errors.run(main))
