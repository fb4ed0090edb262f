"""Measure the figures of docs/performance.md in one run: the main job, loading, increments, ETL, building, the star, the vault's macros,
nesting, views, metrics, the page, the second engine."""

import argparse
import os
import shutil
import sys
import time
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import history
from benchmarks.measure import Figure, command
from ingestion import console, errors, settings
from ingestion.errors import UserError

GROUPS = ("job", "loading", "ingestion", "etl", "building", "star", "vault", "nesting", "views", "metrics", "page", "athena")
SCALE = ("scale", "scale-100", "scale-100-vault")  # of benchmarks.scale, whose import takes two seconds
LONG = ("athena-all", *SCALE)  # a quarter of an hour to an hour each: measured when they are named
# What stands before a group's own work, and the groups whose pairs run several times.
BUILT = ("nesting", "views")
LOADED = (*BUILT, "building", *SCALE)
IN_TURN = ("star", "vault", *BUILT)


def main() -> int:
    """Measure and print each group; with --write the history and the page get it. 1 when a group failed or, checked, got worse."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        epilog="examples: python -m benchmarks --only loading,star --runs 5 --write; python -m benchmarks --history loading",
    )
    parser.add_argument(
        "--only", help=f"groups, with commas between them: {', '.join((*GROUPS, *LONG))} (default all but {' and '.join(LONG)})"
    )
    parser.add_argument("--runs", type=int, default=3, help="how often each pair of jobs runs in turn (default 3)")
    parser.add_argument("--write", action="store_true", help="add the figures to the history, and put them into the page's table")
    parser.add_argument("--check", action="store_true", help="fail when a limit is missed that was met the last time")
    parser.add_argument(
        "--history", nargs="?", const="", metavar="GROUP", help="measure nothing; show the last figures of a group, or of all"
    )
    arguments = parser.parse_args()
    if arguments.history is not None:
        console.table(("figure", "allowed", *("",) * history.SHOWN), history.trend(history.read(), arguments.history))
        return 0
    groups = arguments.only.split(",") if arguments.only else list(GROUPS)
    if unknown := [group for group in groups if group not in (*GROUPS, *LONG)]:
        raise UserError(f"There is no group {', '.join(unknown)}: name some of {', '.join((*GROUPS, *LONG))}.")
    (disk := settings.warehouse()).mkdir(parents=True, exist_ok=True)
    wrong = [told for number, group in enumerate(groups, 1) for told in one(group, f"{number} of {len(groups)}", disk, arguments)]
    for told in wrong:
        sys.stderr.write(f"{told}\n")
    return int(bool(wrong))


def one(group: str, place: str, disk: Path, arguments: argparse.Namespace) -> list[str]:
    """Measure a group and tell it; gives what went wrong, and the other groups go on."""
    sys.stderr.write(f"{group}: {place} …\n")
    begun = time.perf_counter()
    try:
        with TemporaryDirectory(prefix="bench-", dir=disk) as folder:
            found = history.entries(group, shown(measured(group, Path(folder), arguments)))
    except (Exception, SystemExit) as error:
        return [f"{group} was not measured: {error}"]
    console.table(history.HEADERS, [history.cells(entry) for entry in found], title=group)
    sys.stderr.write(f"{group}: {(time.perf_counter() - begun) / 60:.1f} minutes\n")
    worse = history.regressions(history.read(), found) if arguments.check else []
    if arguments.write:
        history.add(found)
        history.write_page(history.read(), (*GROUPS, *LONG))
    return worse


def shown(figures: Iterator[Figure]) -> Iterator[Figure]:
    """Tell each figure when it is there: some take minutes."""
    for figure in figures:
        sys.stderr.write(f"  {figure.what}: {history.seconds(figure.seconds)} s\n")
        yield figure


def measured(group: str, folder: Path, arguments: argparse.Namespace) -> Iterator[Figure]:
    """The figures of one group, measured in a warehouse of its own."""
    os.environ["AISLE_WAREHOUSE"] = str(folder)
    if group == "job":
        yield from job(folder)
    elif group in ("loading", "ingestion"):
        from ingestion.grocer import systems

        grocer = systems.up(date(2017, 12, 31), None)
        try:
            yield from import_module(f"benchmarks.{group}").figures(grocer, arguments.runs)
        finally:
            systems.down()
    elif group.startswith("athena"):
        from benchmarks import athena

        yield from athena.figures(folder, None if group == "athena-all" else athena.SUBSET, arguments.runs)
    else:
        if group in LOADED:
            command(sys.executable, "-m", "ingestion", "load", warehouse=folder)
        if group in BUILT:
            command("dbt", "build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test", warehouse=folder)
        if group in SCALE:
            from benchmarks import scale

            yield from scale.figures(folder, group)
        else:
            yield from import_module(f"benchmarks.{group}").figures(folder, *([arguments.runs] if group in IN_TURN else []))


def job(folder: Path) -> Iterator[Figure]:
    """The parts of `make demo` after the install, and all of it again when nothing has changed."""
    parts = {name: command(sys.executable, "-m", *name.split(), warehouse=folder) for name in ("ingestion load", *SERVING)}
    yield Figure("make demo, after the install", 22_409_836, sum(part.seconds for part in parts.values()), limit="≤ 120 s")
    for name, part in parts.items():
        yield Figure(f"of which {name} (largest process {part.peak_mib:,.0f} MiB)", None, part.seconds)
    again = sum(command(sys.executable, "-m", *name.split(), warehouse=folder).seconds for name in ("ingestion load", *SERVING))
    yield Figure("make demo again, nothing changed", None, again)


SERVING = ("serving build --if-changed", "serving publish", "serving report")


if __name__ == "__main__":
    if not shutil.which("dbt", path=str(Path(sys.executable).parent)):
        sys.exit("error: dbt is not installed beside this Python: run `make install`, then `make bench`.")
    sys.exit(errors.run(main))
