"""After its loads each scenario's target holds the rows expected, and its last load once more adds none."""

import pytest

from tests.vault.conftest import on_athena
from tests.vault.grids import in_order
from tests.vault.project import FROM_EMPTY, Project
from tests.vault.scenario import Scenario
from tests.vault.scenarios import ALL

LOADED = [scenario for scenario in ALL if not scenario.refused]
REFUSED = [scenario for scenario in ALL if scenario.refused]


def check(project: Project, scenario: Scenario) -> None:
    """The rows after the last load, and after its repeat; or the sentence of the refusal."""
    if scenario.refused:
        assert scenario.named(scenario.refused) in project.refused.get(scenario.model, "it was loaded")
        return
    expected = in_order(project.expected(scenario).rows)
    assert project.held[scenario.name, scenario.loads] == expected
    assert project.held[scenario.name, scenario.loads + 1] == expected, "the last load once more"
    if (scenario.name, FROM_EMPTY) in project.held:
        assert project.held[scenario.name, FROM_EMPTY] == project.held[scenario.name, 1], "the first load into an empty table"


def test_scenarios_have_names_of_their_own() -> None:
    assert len({scenario.model for scenario in ALL}) == len(ALL) >= 150


@pytest.mark.parametrize("scenario", LOADED, ids=lambda scenario: scenario.name)
def test_loads(projects: dict[str, Project], scenario: Scenario) -> None:
    projects[scenario.variant.name].check(scenario)


@pytest.mark.parametrize("scenario", REFUSED, ids=lambda scenario: scenario.name)
def test_refused(projects: dict[str, Project], scenario: Scenario) -> None:
    projects[scenario.variant.name].check(scenario)
