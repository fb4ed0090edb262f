"""The requirements page: who needs what from the served models, how fresh, and which model gives it, written from dbt's exposures.

An exposure is a requirement: its `config.meta` names stakeholder, need, questions and freshness owed, its owner who answers for it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingestion import settings

Manifest = dict[str, Any]
PAGE = settings.ROOT / "docs" / "requirements.md"
REQUIRED = ("stakeholder", "need", "questions", "freshness")
HEAD = """# Requirements

What is served, because somebody asked for it: each need with who has it, what they ask, how fresh the answer must be, which models give it
and who answers for them. `python -m serving requirements` writes this page from the exposures beside the models; a test fails when it is
stale, when a served model answers no need, and when a need is answered by no model.
"""


@dataclass(frozen=True)
class Requirement:
    """One exposure: its label, the stated need, and the names of the served models that answer it."""

    name: str
    label: str
    description: str
    kind: str
    owner: str
    meta: dict[str, Any]
    models: tuple[str, ...]


def requirements(manifest: Manifest) -> list[Requirement]:
    """The project's requirements in the order of their labels."""
    served = {node["unique_id"]: node["name"] for node in served_models(manifest)}
    found = [
        Requirement(
            exposure["name"],
            exposure["label"] or exposure["name"],
            " ".join(exposure["description"].split()),
            exposure["type"],
            exposure["owner"].get("name") or "",
            exposure["config"].get("meta", {}),
            tuple(sorted(served[unique_id] for unique_id in exposure["depends_on"]["nodes"] if unique_id in served)),
        )
        for exposure in manifest["exposures"].values()
    ]
    return sorted(found, key=lambda requirement: requirement.label)


def served_models(manifest: Manifest) -> list[dict[str, Any]]:
    """The models of serving/."""
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model" and node["fqn"][1] == "serving"]


def gaps(manifest: Manifest) -> list[str]:
    """One sentence a served model without a need, a need without a model, and a need that is not told in full."""
    told = requirements(manifest)
    answered = {name for requirement in told for name in requirement.models}
    missing = [
        f"{node['name']} answers no need: name it in the depends_on of an exposure, or drop it."
        for node in served_models(manifest)
        if node["name"] not in answered
    ]
    missing += [
        f"{requirement.name} is a need that no served model answers: add one to its depends_on."
        for requirement in told
        if not requirement.models
    ]
    return missing + [
        f"{requirement.name} does not say its {word}: add it to the exposure{'' if word == 'owner' else ' in config.meta'}."
        for requirement in told
        for word, value in [*((word, requirement.meta.get(word)) for word in REQUIRED), ("owner", requirement.owner)]
        if not value
    ]


def page(manifest: Manifest) -> str:
    """The page's text."""
    return "\n".join([HEAD, *(_section(requirement, manifest) for requirement in requirements(manifest))])


def write(manifest: Manifest) -> Path:
    """Write the page where it belongs."""
    PAGE.write_text(page(manifest), encoding="utf-8")
    return PAGE


def _section(requirement: Requirement, manifest: Manifest) -> str:
    nodes = {node["name"]: node for node in served_models(manifest)}
    models = ", ".join(f"`{name}` ({_kept(nodes[name])})" for name in requirement.models)
    rows = [
        ("stakeholder", requirement.meta["stakeholder"]),
        ("need", requirement.meta["need"]),
        ("questions", " ".join(requirement.meta["questions"])),
        ("freshness owed", requirement.meta["freshness"]),
        ("answered by", models),
        ("owner", requirement.owner),
    ]
    table = "".join(f"| {name} | {value} |\n" for name, value in rows)
    return f"## {requirement.label}\n\n{requirement.description}\n\n| {requirement.kind} | `{requirement.name}` |\n|---|---|\n{table}"


def _kept(node: dict[str, Any]) -> str:
    """How a model is kept, with what it may be behind."""
    staleness = node["config"].get("max_staleness")
    how = node["config"]["materialized"].replace("_", " ")
    if not staleness:
        return how
    unit = staleness["period"] if staleness["count"] == 1 else f"{staleness['period']}s"
    return f"{how}, at most {staleness['count']} {unit} behind {staleness['input']}"
