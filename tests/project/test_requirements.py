"""The requirements page says what the exposures say; every served model answers a need, and every need has a model."""

from copy import deepcopy
from typing import Any

import pytest

from serving import requirements


def test_the_page_is_the_one_that_the_command_writes(manifest: dict[str, Any]) -> None:
    assert requirements.PAGE.read_text(encoding="utf-8") == requirements.page(manifest), (
        "run `make build`, then `python -m serving requirements`"
    )


def test_models_and_needs_cover_each_other(manifest: dict[str, Any]) -> None:
    assert requirements.gaps(manifest) == []


def test_the_freshness_view_waits_for_every_materialized_view(manifest: dict[str, Any]) -> None:
    kept = {one["unique_id"] for one in requirements.served_models(manifest) if one["config"]["materialized"] == "materialized_view"}
    assert kept <= set(manifest["nodes"]["model.aisle.vw_freshness"]["depends_on"]["nodes"])
    assert all(manifest["nodes"][one]["config"].get("max_staleness") for one in kept)


@pytest.fixture
def small() -> dict[str, Any]:
    """A manifest of one served model with its need."""
    model = {"resource_type": "model", "name": "vw_a", "unique_id": "model.aisle.vw_a", "fqn": ["aisle", "serving", "vw_a"]}
    exposure = {
        "name": "a_need",
        "label": "A need",
        "description": "What it is.",
        "type": "analysis",
        "owner": {"name": "Somebody"},
        "depends_on": {"nodes": ["model.aisle.vw_a"]},
        "config": {"meta": {"stakeholder": "They", "need": "Know.", "questions": ["What?"], "freshness": "Daily."}},
    }
    staleness = {"input": "fct_a", "column": "sold_at", "count": 2, "period": "day"}
    model["config"] = {"materialized": "materialized_view", "max_staleness": staleness}
    return {"nodes": {"model.aisle.vw_a": model}, "exposures": {"exposure.aisle.a_need": exposure}}


def test_a_covered_model_has_its_place_on_the_page(small: dict[str, Any]) -> None:
    assert requirements.gaps(small) == []
    assert "| answered by | `vw_a` (materialized view, at most 2 days behind fct_a) |" in requirements.page(small)


def test_a_model_without_a_need_and_a_need_without_a_model_are_found(small: dict[str, Any]) -> None:
    small["exposures"]["exposure.aisle.a_need"]["depends_on"]["nodes"] = ["model.aisle.dim_dates"]
    told = requirements.gaps(small)
    assert [sentence.split(":")[0] for sentence in told] == ["vw_a answers no need", "a_need is a need that no served model answers"]


@pytest.mark.parametrize("word", [*requirements.REQUIRED, "owner"])
def test_a_need_that_is_not_told_in_full_is_found(small: dict[str, Any], word: str) -> None:
    told = deepcopy(small)
    exposure = told["exposures"]["exposure.aisle.a_need"]
    (exposure if word == "owner" else exposure["config"]["meta"]).update({word: {} if word == "owner" else ""})
    [sentence] = requirements.gaps(told)
    assert sentence.startswith(f"a_need does not say its {word}:")
