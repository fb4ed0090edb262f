"""The comparison's page: what it counts is counted, and it says something of every answer."""

from pathlib import Path
from typing import Any

import pytest

from serving import paradigms
from serving.questions import questions
from tests.support import Warehouse

ASKED = ("sales_by_store", "redemptions_by_campaign")


def test_the_page_has_a_row_for_every_answer(
    published: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, manifest: dict[str, Any]
) -> None:
    for name, value in published.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(paradigms, "questions", lambda: tuple(question for question in questions() if question.name in ASKED))
    monkeypatch.setattr(paradigms, "PAGE", tmp_path / "paradigms.md")
    monkeypatch.setattr(paradigms, "PICTURES", tmp_path / "pictures")
    written = paradigms.write().read_text(encoding="utf-8")
    assert written.count("/sales_by_store/") == 4
    assert written.count("/redemptions_by_campaign/") == 3  # the wide table has no answer
    assert written.count("| MetricFlow |") == 3  # two answers, and the summary
    pictures = sorted(path.name for path in (tmp_path / "pictures").iterdir())
    assert len(pictures) == 6
    assert all(f"pictures/{name}" in written for name in pictures)
    assert not any("http" in line and "w3.org" not in line and "<!--" not in line for line in _lines(tmp_path / "pictures"))
    assert set(manifest["nodes"]) >= set(paradigms.Lineage.of(manifest).nodes)


def _lines(folder: Path) -> list[str]:
    return [line for path in folder.iterdir() for line in path.read_text(encoding="utf-8").splitlines()]


def test_lineage_ends_at_staging_and_a_column_is_followed(manifest: dict[str, Any]) -> None:
    lineage = paradigms.Lineage.of(manifest)
    names = {lineage.nodes[key]["name"] for key in lineage.behind([("star", "dim_products")])}
    assert {"dim_products", "nf3_products", "stg_pos__products"} <= names
    assert not any(name.startswith(("obt_", "vw_", "sat_")) for name in names)
    carrying = lineage.carrying("product_category", lineage.made_of("stg_pos__products"))
    assert "dim_products" in {lineage.nodes[key]["name"] for key in carrying}
    assert "fct_sales_lines" not in {lineage.nodes[key]["name"] for key in carrying}


def test_joins_and_lines_are_those_of_the_sql() -> None:
    cost = paradigms._cost(
        "with a as (select 1 as x)\nselect x\nfrom a\ninner join a as b using (x), a as c, a as d", [(3, 1, 1), (1, 9, 9), (2, 5, 5)]
    )
    assert (cost.seconds, cost.rows, cost.bytes, cost.joins, cost.lines) == (2, 5, 5, 3, 4)
