"""Warehouses that tests share: each is loaded and built once a session, by the commands that users run."""

import fcntl
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.athena_build import HALF_YEAR, AthenaBuild, left_out
from tests.local_athena import LocalAthena, local_athena  # noqa: F401 (a fixture)
from tests.support import Warehouse

pytest_plugins = ["tests.long_proofs"]
HOUSEHOLDS = 100
NO_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
# With several workers (`make test` has three), tests that share servers or warehouses run in one: these folders' together, else a folder's.
TOGETHER = {
    "Athena": ("athena", "infra/local_athena", "ingestion/athena", "macros", "parity"),
    "built": ("benchmarks", "drills", "full_year", "history", "increments", "mutation", "project", "quality", "slim_ci", "vault_models"),
    "served": ("metrics", "page", "reconciliation", "service", "serving"),
}
# The groups that take longest begin first, or one worker ends alone with the last of them.
FIRST = ("built", "Athena", "ingestion/pipelines", "served", "vault")


def pytest_configure() -> None:
    """A shell ignores Ctrl-C for what it runs in the background, and so would the tests of Ctrl-C, without end."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def group(nodeid: str) -> str:
    """The tests that one worker runs together with this one."""
    folder = Path(nodeid.partition("::")[0]).relative_to("tests").parent
    return next((name for name, folders in TOGETHER.items() if any(map(folder.is_relative_to, folders))), str(folder))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests in the order in which their groups begin."""
    places = {name: place for place, name in enumerate(FIRST)}
    items.sort(key=lambda item: places.get(group(item.nodeid), len(FIRST)))


class TogetherScheduling(LoadScopeScheduling):
    """Gives a group of tests as a whole to one worker, in the order of the collection."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> TogetherScheduling:
    """The workers' scheduler, whatever --dist says."""
    config.option.loadscopereorder = False
    return TogetherScheduling(config, log)


@pytest.fixture(scope="session")
def subset(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The first households' year, built with every data and unit test. Tests read it and never change it.

    One worker builds it; another takes a copy, because dbt locks the file of a warehouse.
    """
    warehouse = Warehouse(tmp_path_factory.mktemp("subset"))
    session = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" not in os.environ:
        _build(warehouse)
        return warehouse
    for_others = session.parent / "subset"
    with (session.parent / "subset.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if for_others.exists():
            shutil.copytree(for_others, warehouse.folder, dirs_exist_ok=True)
        else:
            _build(warehouse)
            shutil.copytree(warehouse.folder, for_others.with_suffix(".part"))
            for_others.with_suffix(".part").rename(for_others)
    return warehouse


def _build(warehouse: Warehouse) -> None:
    warehouse.load(households=HOUSEHOLDS)
    warehouse.run("dbt", "build")


@pytest.fixture(scope="session")
def published(subset: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A copy of the subset's warehouse, published. Tests read it and never change it."""
    copy = Warehouse(tmp_path_factory.mktemp("published"))
    shutil.copytree(
        subset.folder, copy.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("grocer", "dlt*", "logs", "partial_parse*")
    )
    copy.run("python", "-m", "serving", "publish")
    return copy


@pytest.fixture(scope="session")
def manifest(subset: Warehouse) -> dict[str, Any]:
    """dbt's manifest of the project."""
    return subset.artifact("manifest")


@pytest.fixture(scope="session")
def full_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`aisle.duckdb` built from all of the data, `raw.duckdb` beside it. Tests read it and never change it."""
    warehouse = Warehouse(tmp_path_factory.mktemp("full"))
    warehouse.load()
    warehouse.run("dbt", "build", "--exclude-resource-type", "unit_test")
    return warehouse.built


@pytest.fixture(scope="session")
def athena_build(local_athena: LocalAthena) -> AthenaBuild:  # noqa: F811 (that is how pytest hands it over)
    """The same households on Athena: half a year loaded and what is incremental built, then the rest, with some of the tests.

    Tests never change it. What is not incremental is made anew by every build, so the first one leaves it out. It leaves out the vault too:
    test_vault.py loads each of its macros several times.
    """
    build = AthenaBuild(local_athena, "aisle")
    build.load(HOUSEHOLDS, HALF_YEAR)
    build.build("--select", "+config.materialized:incremental", "+resource_type:snapshot", "--exclude", "vault", *NO_TESTS)
    build.load(HOUSEHOLDS, "2017-12-31")
    build.left_out.update(left_out(build.warehouse.artifact("manifest")))
    build.build(*(("--exclude", *build.left_out) if build.left_out else ()))
    return build
