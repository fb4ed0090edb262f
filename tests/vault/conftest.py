"""The scenarios' projects, each loaded once a session."""

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis.configuration import set_hypothesis_home_dir

from tests.vault.project import Project
from tests.vault.scenario import Variant
from tests.vault.scenarios import ALL


def pytest_configure() -> None:
    """Hypothesis keeps what it learns in a folder; nothing is kept here."""
    set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "aisle-hypothesis")


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Variant], Project]:
    """A variant's project on DuckDB after all its loads, made when it is first asked for."""

    @cache
    def made(name: str) -> Project:
        scenarios = [scenario for scenario in ALL if scenario.variant.name == name]
        loaded = Project(tmp_path_factory.mktemp(f"vault_{name}"), scenarios, scenarios[0].variant)
        loaded.run()
        return loaded

    return lambda variant: made(variant.name)
