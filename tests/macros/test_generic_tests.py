"""Each generic test passes tables that keep its promise and fails tables that break it, one reason a table."""

import json
from typing import Any

import pytest

from tests.macros.cases import CASES, Case
from tests.macros.conftest import Project
from tests.support import ROOT

GOOD = [pytest.param(case, name, id=f"{case.test}-{name}") for case in CASES for name in case.good]
BAD = [pytest.param(case, name, id=f"{case.test}-{name}") for case in CASES for name in case.bad]


@pytest.fixture(scope="session")
def results(project: Project) -> dict[str, dict[str, Any]]:
    """dbt's result of each node by the node's name."""
    run = json.loads((project.folder / "target" / "run_results.json").read_text())["results"]
    return {result["unique_id"].split(".")[2]: result for result in run}


@pytest.mark.parametrize(("case", "name"), GOOD)
def test_a_good_table_passes(results: dict[str, dict[str, Any]], case: Case, name: str) -> None:
    result = results[f"try_{case.test}__{name}"]
    assert result["status"] == "pass", result["message"]


@pytest.mark.parametrize(("case", "name"), BAD)
def test_a_bad_table_fails_for_one_reason(results: dict[str, dict[str, Any]], case: Case, name: str) -> None:
    result = results[f"try_{case.test}__{name}"]
    assert (result["status"], result["failures"]) == (case.tells, 1), result["message"]


def test_an_exact_number_of_violations_is_asked_of_the_whole_year_only(project: Project) -> None:
    """On a part of the data another number is right too; that there is no violation at all never is."""
    manifest = json.loads((project.folder / "target" / "manifest.json").read_text())
    sql = {node["name"]: node.get("compiled_code") for node in manifest["nodes"].values()}
    project.rows("update stg_meta__clock set is_whole_year = false")
    try:
        assert project.rows(sql["try_not_functional_dependency__one_breaks_it"]) == []
        assert project.rows(sql["try_not_functional_dependency__it_holds"]) == [(0,)]
    finally:
        project.rows("update stg_meta__clock set is_whole_year = true")


def test_every_generic_test_is_tried() -> None:
    assert {file.stem for file in (ROOT / "tests" / "data" / "generic").glob("*.sql")} == {case.test for case in CASES}
