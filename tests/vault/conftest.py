"""The scenarios' projects, each loaded once a session."""

import tempfile
from pathlib import Path

import pytest
from hypothesis.configuration import set_hypothesis_home_dir

from tests.vault.project import Project
from tests.vault.scenarios import ALL

VARIANTS = {scenario.variant.name: scenario.variant for scenario in ALL}


def pytest_configure() -> None:
    """Hypothesis keeps what it learns in a folder; nothing is kept here."""
    set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "aisle-hypothesis")


@pytest.fixture(scope="session")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Project]:
    """Each variant's project on DuckDB after all its loads."""
    made = {}
    for name, variant in VARIANTS.items():
        scenarios = [scenario for scenario in ALL if scenario.variant == variant]
        made[name] = Project(tmp_path_factory.mktemp(f"vault_{name}"), scenarios, variant)
        made[name].run()
    return made
