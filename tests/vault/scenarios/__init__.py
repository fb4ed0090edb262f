"""Every scenario, by the structure that it is about."""

from tests.vault.scenario import Scenario
from tests.vault.scenarios import (
    bridges,
    callers,
    effectivity,
    hubs_and_links,
    multi_active,
    points_in_time,
    refusals,
    satellites,
    stages,
    tracking,
)

ALL: list[Scenario] = [
    scenario
    for module in (stages, hubs_and_links, satellites, multi_active, effectivity, tracking, points_in_time, bridges, callers, refusals)
    for scenario in module.SCENARIOS
]
