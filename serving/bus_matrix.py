"""The bus matrix: each business process with its facts beside the conformed dimensions that they use, written from dbt's manifest.

The form is Kimball's: a row a process, a column a dimension that several processes share. A fact's yml says its process and kind in
`config.meta`, and its test `references_exist` which dimensions it points at.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingestion import settings

Manifest = dict[str, Any]
PAGE = settings.ROOT / "docs" / "bus-matrix.md"
REFERENCE = re.compile(r"ref\('(\w+)'\)")
DATES = "dim_dates"
HEAD = """# Bus matrix

Each row is a fact table of the star with the business process that it measures; each column a dimension. A dot says that the fact points
at the dimension, a word in which role. Facts that share a column can be compared and drilled across by it.
`python -m serving bus-matrix` writes this page from the models' own declarations; a test fails when it is stale.
"""


@dataclass(frozen=True)
class Fact:
    """A fact table: its process, what kind of fact it is, its grain, what it answers, and dimension → the key columns that point at it."""

    name: str
    process: str
    kind: str
    grain: tuple[str, ...]
    answers: tuple[str, ...]
    dimensions: dict[str, tuple[str, ...]]


def star(manifest: Manifest, prefix: str) -> dict[str, dict[str, Any]]:
    """Name → model of the star's models with a prefix, `fct_` or `dim_`."""
    return {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["fqn"][1] == "star" and node["name"].startswith(prefix)
    }


def facts(manifest: Manifest) -> list[Fact]:
    """The star's facts, in the order of their processes' names; one that declares no process has an empty one."""
    found = []
    for name, node in star(manifest, "fct_").items():
        meta = node["config"]["meta"]
        declared = (meta.get("process", ""), meta.get("fact_kind", ""), tuple(meta["grain"]), tuple(meta.get("answers", ())))
        found.append(Fact(name, *declared, references(manifest, node["unique_id"])))
    return sorted(found, key=lambda fact: (fact.process, fact.name))


def references(manifest: Manifest, unique_id: str) -> dict[str, tuple[str, ...]]:
    """Dimension → key columns of a fact, by its test; a dimension that plays a role counts as the one that it is a view of."""
    dimensions = star(manifest, "dim_")
    found: dict[str, tuple[str, ...]] = {}
    for test in manifest["nodes"].values():
        if test.get("attached_node") != unique_id or (test.get("test_metadata") or {}).get("name") != "references_exist":
            continue
        for reference in test["test_metadata"]["kwargs"]["references"]:
            [name] = REFERENCE.findall(reference["to"])
            if name in dimensions:
                base = played_by(manifest, dimensions[name])
                found[base] = (*found.get(base, ()), *reference["columns"])
    return found


def played_by(manifest: Manifest, dimension: dict[str, Any]) -> str:
    """The dimension behind a role: a view over one other dimension is that one."""
    parents = [manifest["nodes"][parent]["name"] for parent in dimension["depends_on"]["nodes"] if parent in manifest["nodes"]]
    plays_a_role = dimension["config"]["materialized"] == "view" and len(parents) == 1 and parents[0].startswith("dim_")
    return parents[0] if plays_a_role else dimension["name"]


def page(manifest: Manifest) -> str:
    """The page's text."""
    every = facts(manifest)
    used = {name for fact in every for name in fact.dimensions}
    columns = sorted(used, key=lambda name: (name != DATES, -sum(name in fact.dimensions for fact in every), name))
    own = {name: next(column for column in node["columns"] if column.endswith("_key")) for name, node in star(manifest, "dim_").items()}
    titles = [name.removeprefix("dim_").replace("_", " ") for name in columns]
    matrix = [[fact.process, f"`{fact.name}`", *(_cell(fact.dimensions.get(name, ()), own[name]) for name in columns)] for fact in every]
    kinds = [[f"`{fact.name}`", fact.kind, ", ".join(f"`{column}`" for column in fact.grain), " ".join(fact.answers)] for fact in every]
    tables = [
        _table(["process", "fact", *titles], matrix),
        _table(["fact", "kind", "one row a", "answers"], kinds),
    ]
    return "\n".join([HEAD, *tables])


def write(manifest: Manifest) -> Path:
    """Write the page where it belongs."""
    PAGE.write_text(page(manifest), encoding="utf-8")
    return PAGE


def _cell(keys: tuple[str, ...], own: str) -> str:
    """A dot for the dimension's own key, the role before it for another, and a level of the dimension by its name."""
    return ", ".join(key.removesuffix(own).removesuffix("_key").strip("_").replace("_", " ") or "●" for key in keys)


def _table(head: list[str], rows: list[list[str]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in [head, ["---"] * len(head), *rows])
