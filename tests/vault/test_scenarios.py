"""After its loads a scenario's target holds the rows expected; the last load once more adds none, the first fills an empty table alike."""

from collections.abc import Callable

import pytest

from tests.vault.project import Project
from tests.vault.scenario import DEFAULT, Scenario, Variant
from tests.vault.scenarios import ALL

VARIABLES = pytest.mark.long("the vault's variables")
CASES = [pytest.param(scenario, marks=[] if scenario.variant == DEFAULT else [VARIABLES], id=scenario.name) for scenario in ALL]


def test_scenarios_have_names_of_their_own() -> None:
    assert len({scenario.model for scenario in ALL}) == len(ALL) >= 150


@pytest.mark.parametrize("scenario", CASES)
def test_scenario(project: Callable[[Variant], Project], scenario: Scenario) -> None:
    project(scenario.variant).check(scenario)
