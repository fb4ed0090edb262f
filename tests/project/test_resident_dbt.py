"""Which commands of dbt the process that has parsed the project may run."""

import pytest

from tests.resident_dbt import knows


@pytest.mark.parametrize("option", ["--target=athena", "--vars={batches: 2}", "--profiles-dir=elsewhere"])
def test_what_is_parsed_otherwise_is_run_by_a_dbt_of_its_own(option: str) -> None:
    assert not knows(["build", *option.split("=")])
    assert not knows(["build", option])


def test_a_selection_is_known() -> None:
    assert knows(["build", "--select", "config.materialized=view", "--full-refresh"])
