"""Slim CI: build and test what changed since the last green build, beside it, and read the rest from it.

The last green build is a folder: dbt's manifest, the warehouse of the first households, and the commit. A changed model and everything
below it are built in a copy of that warehouse, so that what is incremental meets the tables of before; the rest is read from it. On Athena,
where nobody copies a lake, the same flags build under a schema prefix of their own (docs/ci.md).
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
HOUSEHOLDS = "100"
EVERYTHING = "tests"
NO_GREEN_BUILD = 75
KINDS = {"seed": "seeds", "snapshot": "snapshots", "model": "models", "test": "data tests", "unit_test": "unit tests"}
# Where a change lies, the longest first → the tests that are about it. What is not named here concerns everything.
CONCERNED = {
    "ingestion/": ("tests/ingestion", "tests/faults"),
    "serving/": ("tests/serving", "tests/service", "tests/page", "tests/metrics", "tests/reconciliation", "tests/project"),
    "infra/": ("tests/infra", "tests/athena", "tests/ingestion/athena", "tests/parity"),
    "macros/vault/": ("tests/vault", "tests/vault_models", "tests/project"),
    "macros/materializations/": ("tests/materialized_view", "tests/project"),
    "macros/": ("tests/macros", "tests/project", "tests/reconciliation"),
    "models/vault/": ("tests/vault_models", "tests/project", "tests/reconciliation"),
    "models/serving/": ("tests/serving", "tests/service", "tests/page", "tests/materialized_view", "tests/project", "tests/reconciliation"),
    "models/": (
        "tests/increments",
        "tests/quality",
        "tests/history",
        "tests/metrics",
        "tests/mutation",
        "tests/project",
        "tests/reconciliation",
    ),
    "snapshots/": ("tests/history", "tests/project"),
    "seeds/": ("tests/project", "tests/reconciliation"),
    "analyses/": ("tests/drills", "tests/project"),
    "tests/data/": ("tests/project",),
    "docs/": ("tests/project",),
    "README.md": (),
    "CHANGELOG.md": (),
    "CONTRIBUTING.md": (),
}


class Missing(Exception):  # noqa: N818 (what it says)
    """There is no last green build that can be compared with: a sentence that says why."""


def main() -> int:
    parser = argparse.ArgumentParser(prog=".ci/slim.py", description=__doc__, epilog="example: .ci/run --slim")
    parser.add_argument("step", choices=("keep", "build", "tests"), help="keep a green build, build what changed, or name its tests")
    parser.add_argument("--green", type=Path, default=ROOT / "warehouse" / "green", help="the folder of the last green build")
    arguments = parser.parse_args()
    try:
        if arguments.step == "keep":
            keep(arguments.green)
        elif arguments.step == "build":
            with TemporaryDirectory() as folder:
                return build(arguments.green, Path(folder))
        else:
            sys.stdout.write(" ".join(concerned(changed(arguments.green))) + "\n")
    except Missing as missing:
        sys.stderr.write(f"{missing}\n")
        return NO_GREEN_BUILD
    return 0


def keep(green: Path) -> None:
    """Load and build the first households, with every test; the folder is replaced when all is green."""
    aside = green.with_name(f"{green.name}.part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    run([str(BIN / "python"), "-m", "ingestion", "load", "--households", HOUSEHOLDS], aside)
    run([str(BIN / "dbt"), "build"], aside)
    shutil.copy(aside / "target" / "manifest.json", aside)
    (aside / "commit").write_text(git("rev-parse", "HEAD"))
    for left in aside.iterdir():
        if left.name not in {"manifest.json", "commit", "aisle.duckdb", "raw.duckdb"}:
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    shutil.rmtree(green, ignore_errors=True)
    aside.rename(green)


def build(green: Path, folder: Path, project: Path = ROOT) -> int:
    """Build what `project` changed since the green build, in `folder`; gives dbt's exit code. Missing when there is none."""
    check(green)
    for name in ("raw.duckdb", "aisle.duckdb"):
        shutil.copy(green / name, folder)
    changes = ("--select", "state:modified+", "--defer", "--state", str(green))
    done = run([str(BIN / "dbt"), "build", *changes], folder, project, check=False)
    results = folder / "target" / "run_results.json"
    if results.exists():
        kinds = Counter(result["unique_id"].partition(".")[0] for result in json.loads(results.read_text())["results"])
        told = ", ".join(f"{kinds[kind]} {name}" for kind, name in KINDS.items() if kinds[kind])
        sys.stdout.write(f"Since the last green build ({(green / 'commit').read_text()[:10]}): {told or 'nothing to build'}.\n")
    return done


def check(green: Path) -> None:
    """Missing when a part of the green build is not there, or when another dbt wrote it."""
    for name in ("manifest.json", "commit", "aisle.duckdb", "raw.duckdb"):
        if not (green / name).is_file():
            raise Missing(f"There is no last green build in {green} ({name} is not there): everything is run.")
    from dbt.version import __version__ as dbt

    wrote = json.loads((green / "manifest.json").read_text())["metadata"]["dbt_version"]
    if wrote != dbt:
        raise Missing(f"The last green build is of dbt {wrote}, this is dbt {dbt}: everything is run.")


def changed(green: Path) -> list[str]:
    """Paths that differ from the green commit, committed or not, new ones too."""
    check(green)
    since = (green / "commit").read_text().strip()
    found = git("diff", "--name-only", "--no-renames", since).splitlines() + git("ls-files", "--others", "--exclude-standard").splitlines()
    return sorted(set(found))


def concerned(paths: Iterable[str]) -> list[str]:
    """The folders of tests that are about these paths; all of them when a path is about everything."""
    found: set[str] = set()
    for path in paths:
        folder = next((folder for folder in sorted(CONCERNED, key=len, reverse=True) if path.startswith(folder)), None)
        if folder is not None:
            found.update(CONCERNED[folder])
        elif path.startswith("tests/") and path.count("/") > 1:
            if (ROOT / path).parent.is_dir():  # else the change takes it away
                found.add(path.rpartition("/")[0])
        else:
            return [EVERYTHING]
    return sorted(found)


def git(*arguments: str) -> str:
    """What git says; Missing when it does not know the green commit, as in a shallow clone."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=False, capture_output=True, text=True)  # noqa: S607 (whichever git there is)
    if done.returncode:
        raise Missing(f"git {arguments[0]} says: {done.stderr.strip().splitlines()[-1]}; everything is run.")
    return done.stdout.strip()


def run(command: list[str], warehouse: Path, project: Path = ROOT, *, check: bool = True) -> int:
    """Run a command of the project on a warehouse folder; its artifacts lie there, too."""
    environment = os.environ | {
        "AISLE_WAREHOUSE": str(warehouse),
        "DBT_TARGET_PATH": str(warehouse / "target"),
        "DBT_LOG_PATH": str(warehouse / "logs"),
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
    }
    return subprocess.run(command, cwd=project, env=environment, check=check).returncode


if __name__ == "__main__":
    sys.exit(main())
