"""The bus matrix says what the facts declare, and covers every process."""

from typing import Any

from serving import bus_matrix

PROCESSES = {
    "selling",
    "visiting",
    "promoting",
    "targeting",
    "redeeming",
    "responding",
    "household standing",
    "shelf pricing",
}


def test_the_page_is_the_one_that_the_command_writes(manifest: dict[str, Any]) -> None:
    assert bus_matrix.PAGE.read_text(encoding="utf-8") == bus_matrix.page(manifest), "run `make build`, then `python -m serving bus-matrix`"


def test_every_process_is_measured(manifest: dict[str, Any]) -> None:
    assert {fact.process for fact in bus_matrix.facts(manifest)} == PROCESSES


def test_a_role_counts_for_the_dimension_that_plays_it() -> None:
    def node(name: str, key: str, parents: tuple[str, ...] = (), materialized: str = "table") -> dict[str, Any]:
        return {
            "resource_type": "model",
            "name": name,
            "fqn": ["aisle", "star", name],
            "unique_id": f"model.aisle.{name}",
            "depends_on": {"nodes": [f"model.aisle.{parent}" for parent in parents]},
            "columns": {key: {}},
            "config": {"materialized": materialized, "meta": {"grain": [key], "process": "sending", "fact_kind": "factless"}},
        }

    nodes = [
        node("dim_dates", "date_key"),
        node("dim_sent_dates", "sent_date_key", ("dim_dates",), "view"),
        node("dim_days", "day_key", ("dim_dates",)),
        node("fct_sent", "id"),
    ]
    references = [
        {"columns": ["date_key"], "to": "ref('dim_dates')"},
        {"columns": ["sent_date_key"], "to": "ref('dim_sent_dates')"},
        {"columns": ["day_key"], "to": "ref('dim_days')"},
    ]
    test = {
        "resource_type": "test",
        "attached_node": "model.aisle.fct_sent",
        "test_metadata": {"name": "references_exist", "kwargs": {"references": references}},
    }
    manifest = {"nodes": {"test.aisle.one": test} | {one["unique_id"]: one for one in nodes}}
    [fact] = bus_matrix.facts(manifest)
    assert fact.dimensions == {"dim_dates": ("date_key", "sent_date_key"), "dim_days": ("day_key",)}
    assert "| sending | `fct_sent` | \u25cf, sent | \u25cf |" in bus_matrix.page(manifest)
