"""The table of docs/metrics.md, from the metrics' own words."""

import re
from pathlib import Path
from typing import Any

from ingestion import settings

PAGE = settings.ROOT / "docs" / "metrics.md"
BEGIN, END = "<!-- metrics -->", "<!-- end of metrics -->"


def table(manifest: dict[str, Any]) -> str:
    """A row a metric that is not hidden, the families of one owner together."""
    shown = [metric for metric in manifest["metrics"].values() if not metric["type_params"].get("is_private")]
    rows = [
        (meta["owner"], metric["name"], metric["type"], " ".join(metric["description"].split()), " ".join(meta["formula"].split()))
        for metric in sorted(shown, key=lambda metric: (metric["config"]["meta"]["owner"], metric["name"]))
        for meta in [metric["config"]["meta"]]
    ]
    head = "| owner | metric | type | it is | formula |\n|---|---|---|---|---|\n"
    return head + "".join(f"| {owner} | `{name}` | {kind} | {said} | {formula} |\n" for owner, name, kind, said, formula in rows)


def page(manifest: dict[str, Any]) -> str:
    """The page as it is, with the table as it should be."""
    text = PAGE.read_text(encoding="utf-8")
    return re.sub(f"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n\n{table(manifest)}\n{END}", text, flags=re.DOTALL)


def write(manifest: dict[str, Any]) -> Path:
    """Write the page where it belongs."""
    PAGE.write_text(page(manifest), encoding="utf-8")
    return PAGE
