"""After its loads a scenario's target holds the rows expected; the last load once more adds none, the first fills an empty table alike."""

import pytest

from tests.vault.project import Project
from tests.vault.scenario import Scenario
from tests.vault.scenarios import ALL

LOADED = [scenario for scenario in ALL if not scenario.refused]
REFUSED = [scenario for scenario in ALL if scenario.refused]


def test_scenarios_have_names_of_their_own() -> None:
    assert len({scenario.model for scenario in ALL}) == len(ALL) >= 150


@pytest.mark.parametrize("scenario", LOADED, ids=lambda scenario: scenario.name)
def test_loads(projects: dict[str, Project], scenario: Scenario) -> None:
    projects[scenario.variant.name].check(scenario)


@pytest.mark.parametrize("scenario", REFUSED, ids=lambda scenario: scenario.name)
def test_refused(projects: dict[str, Project], scenario: Scenario) -> None:
    projects[scenario.variant.name].check(scenario)
