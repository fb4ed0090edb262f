"""`python -m infra.pii_columns`: which tables analysts may read, and which of their columns are hidden, from dbt's manifest.

It writes a file of variables that Terraform reads by itself. Every table is named, because Lake Formation's grants add up: one
on a whole schema would show what another one hides.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.terraform import tool
from ingestion import console, settings
from ingestion.errors import UserError, run

SCHEMAS = ("star", "wide", "serving")
Grants = dict[str, dict[str, list[str]]]


def grants(manifest: Mapping[str, Any]) -> Grants:
    """Schema → table → hidden columns, sorted. UserError for what cannot be granted safely.

    That is a view with personal columns (Lake Formation hides columns of tables only), and a model without an enforced
    contract (a column that nobody described is one that nobody marked). A model that nests rows (`meta.nested`) can have no
    contract: what it nests is hidden unless it is marked as not personal.
    """
    found: Grants = {}
    for node in sorted(manifest["nodes"].values(), key=lambda node: node["name"]):
        schema = node["config"].get("schema")
        if node["resource_type"] != "model" or schema not in SCHEMAS or node["config"]["materialized"] == "ephemeral":
            continue
        nested = (node["config"].get("meta") or {}).get("nested", ())
        hidden = sorted(name for name, column in node["columns"].items() if _is_personal(column, unmarked=name in nested))
        if not nested and not node["config"].get("contract", {}).get("enforced"):
            raise UserError(f"{node['name']} has no enforced contract, so its columns are not known: enforce one before analysts read it.")
        if hidden and node["config"]["materialized"] == "view":
            raise UserError(f"{node['name']} is a view with personal columns, which cannot be hidden: make it a table, or leave them out.")
        found.setdefault(schema, {})[node["alias"]] = hidden
    if not found:
        raise UserError(f"The manifest has no models in {', '.join(SCHEMAS)}: it is not this project's.")
    return found


def read(path: Path) -> dict[str, Any]:
    """dbt's manifest; UserError when there is none or it is damaged."""
    try:
        manifest = json.loads(path.read_text())
    except FileNotFoundError:
        raise UserError(f"There is no manifest at {path}: run `dbt parse --target athena` first.") from None
    except ValueError:
        manifest = None
    if not isinstance(manifest, dict) or "nodes" not in manifest:
        raise UserError(f"{path} is not a manifest of dbt: run `dbt parse --target athena` again.")
    return manifest


def _is_personal(column: Mapping[str, Any], unmarked: bool) -> bool:
    """Whatever is marked and not plainly `false` is personal: a doubt hides. `unmarked` is what a column without a mark is."""
    marks = [place["pii"] for place in (column.get("meta") or {}, (column.get("config") or {}).get("meta") or {}) if "pii" in place]
    return any(mark is not False for mark in marks) if marks else unmarked


def main() -> int:
    """Parse, read, write, tell."""
    parser = argparse.ArgumentParser(prog="python -m infra.pii_columns", description=__doc__)
    parser.add_argument("--manifest", type=Path, default=settings.ROOT / "target" / "manifest.json", help="default: target/manifest.json")
    parser.add_argument(
        "--output",
        type=Path,
        default=tool.FOLDER / "analyst_tables.auto.tfvars.json",
        help="default: infra/terraform/analyst_tables.auto.tfvars.json",
    )
    arguments = parser.parse_args()
    found = grants(read(arguments.manifest))
    arguments.output.write_text(json.dumps({"analyst_tables": found}, indent=2) + "\n")
    rows = [(f"{schema}.{table}", ", ".join(hidden)) for schema, tables in found.items() for table, hidden in tables.items()]
    console.table(("analysts read", "without"), rows)
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
