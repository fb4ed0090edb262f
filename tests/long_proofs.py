"""Long proofs: tests that take half a minute or more for what is seldom broken. `make test` takes a sample of them, CI all.

`pytest.mark.long("name")`, on a test or as a module's `pytestmark`; the tests of one name are one proof, and so are those that share
one of the long FIXTURES. An eighth of the proofs is drawn by the commit that is tested, so that the next commit draws others; AISLE_SEED
draws others of the same one; the LONGEST, minutes each, are never drawn. AISLE_LONG=all takes them all, and so does whoever names files or
tests on the command line.
"""

import os
import random
import subprocess

import pytest

from tests.support import ROOT

SHARE = 8
FIXTURES = {"full_year": "the whole year", "athena_build": "the project on Athena", "monthly": "monthly snapshots"}
LONGEST = {"the whole year", "the project on Athena"}
NOTE = "long_proofs"


def pytest_configure() -> None:
    """Refuse a seed that the tests which draw by it could not read."""
    if not (given := os.environ.get("AISLE_SEED", "0")).isdecimal():
        raise pytest.UsageError(f"AISLE_SEED is {given}: give it a whole number, or leave it out.")


@pytest.hookimpl(tryfirst=True)  # before -m looks for the mark
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests that share a long fixture, and deselect the long proofs that were not drawn."""
    for item in items:
        if found := FIXTURES.keys() & set(item.fixturenames):
            item.add_marker(pytest.mark.long(FIXTURES[min(found)]))
    named = {item: marker.args[0] for item in items if (marker := item.get_closest_marker("long"))}
    asked_for = {(config.invocation_params.dir / argument).resolve() for argument in config.args}
    if os.environ.get("AISLE_LONG") == "all" or not asked_for <= {ROOT, ROOT / "tests"}:
        return
    names = set(named.values())
    kept = drawn(names, seed())
    config.hook.pytest_deselected(items=[item for item, name in named.items() if name not in kept])
    items[:] = [item for item in items if named.get(item) in {None, *kept}]
    _notes(config)[NOTE] = (
        f"Long proofs, {len(kept)} of {len(names)}, drawn by {seed()[:10]}: {', '.join(sorted(kept))}. All: make test-long."
    )


def drawn(names: set[str], by: str) -> set[str]:
    """An eighth of them, rounded up, and none of the longest."""
    return set(random.Random(by).sample(sorted(names - LONGEST), -(-len(names - LONGEST) // SHARE)))  # noqa: S311 (a sample of tests is no secret)


def seed() -> str:
    """AISLE_SEED, else the commit."""
    command = ["git", "rev-parse", "HEAD"]
    return os.environ.get("AISLE_SEED") or subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which were drawn."""
    if told := _notes(config).get(NOTE):
        terminalreporter.write_line(told)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """A worker of xdist has ended: what it noted, its controller tells."""
    _notes(node.config).update({NOTE: told} if (told := getattr(node, "workeroutput", {}).get(NOTE)) else {})


def _notes(config: pytest.Config) -> dict[str, str]:
    """What a worker sends to its controller; without workers, a dictionary of the process."""
    if not hasattr(config, "workeroutput"):
        config.workeroutput = {}
    return config.workeroutput
