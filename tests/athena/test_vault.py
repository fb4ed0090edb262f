"""The vault's macros do on Athena what they do on DuckDB: a sample of their scenarios."""

import os
import random

import pytest

from tests.local_athena import LocalAthena
from tests.vault.project import Project
from tests.vault.scenario import DEFAULT, Scenario
from tests.vault.scenarios import ALL


def sample() -> list[Scenario]:
    """Of each structure one, by lot, the same ones each time; all of them with AISLE_VAULT_ON_ATHENA=all."""
    told = [scenario for scenario in ALL if scenario.variant == DEFAULT]
    if os.environ.get("AISLE_VAULT_ON_ATHENA") == "all":
        return told
    drawn = random.Random(6)  # noqa: S311 (no secret)
    structures = sorted({scenario.name.split(":")[0] for scenario in told})
    return [drawn.choice([scenario for scenario in told if scenario.name.startswith(f"{name}:")]) for name in structures]


SAMPLE = sample()


@pytest.fixture(scope="module")
def project(local_athena: LocalAthena, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The sample after all its loads."""
    made = Project(tmp_path_factory.mktemp("vault_athena"), SAMPLE, DEFAULT, local_athena)
    made.run()
    return made


@pytest.mark.parametrize("scenario", SAMPLE, ids=lambda scenario: scenario.name)
def test_a_scenario_ends_on_athena_as_it_does_on_duckdb(project: Project, scenario: Scenario) -> None:
    project.check(scenario)
