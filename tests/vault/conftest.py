"""The scenarios' projects, each loaded once a session."""

import os
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis.configuration import set_hypothesis_home_dir

from tests.vault.project import Project
from tests.vault.scenarios import ALL

VARIANTS = {scenario.variant.name: scenario.variant for scenario in ALL}
SAMPLED = 12  # scenarios that the local Athena runs too; all of them with AISLE_VAULT_ON_ATHENA=all


def pytest_configure() -> None:
    """Hypothesis keeps what it learns in a folder; nothing is kept here."""
    set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "aisle-hypothesis")


def on_athena() -> list[str]:
    """The names of the scenarios for Athena: of each structure one, then others by lot, the same ones each time."""
    told = [scenario for scenario in ALL if scenario.variant == DEFAULT]
    if os.environ.get("AISLE_VAULT_ON_ATHENA") == "all":
        return [scenario.name for scenario in told]
    drawn = random.Random(6)  # noqa: S311 (a sample, no secret)
    structures = sorted({scenario.name.split(":")[0] for scenario in told})
    return [drawn.choice([scenario.name for scenario in told if scenario.name.startswith(f"{name}:")]) for name in structures][:SAMPLED]


@pytest.fixture(scope="session")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Project]:
    """Each variant's project on DuckDB after all its loads."""
    made = {}
    for name, variant in VARIANTS.items():
        scenarios = [scenario for scenario in ALL if scenario.variant == variant]
        made[name] = Project(tmp_path_factory.mktemp(f"vault_{name}"), scenarios, variant)
        made[name].run()
    return made
