"""Which columns analysts do not see: from a manifest as dbt writes it, and from this project's own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra import pii_columns
from ingestion.errors import UserError
from tests.support import BIN, ROOT

PERSONAL = {"age_band", "home_ownership", "household_composition", "household_size", "income_band", "kids_count", "marital_status"}

PROFILE = {"household_profile_key"}


def model(name: str, schema: str, columns: dict[str, Any], materialized: str = "table", enforced: bool = True) -> dict[str, Any]:
    config = {"schema": schema, "materialized": materialized, "contract": {"enforced": enforced}}
    return {"name": name, "alias": name, "resource_type": "model", "config": config, "columns": columns}


def manifest(*models: dict[str, Any]) -> dict[str, Any]:
    return {"nodes": {f"model.aisle.{each['name']}": each for each in models}}


@pytest.mark.parametrize(
    ("column", "hidden"),
    [
        ({}, False),
        ({"meta": {"pii": False}}, False),
        ({"meta": {"pii": True}}, True),
        ({"config": {"meta": {"pii": True}}}, True),
        ({"config": {"meta": {"pii": "yes"}}}, True),
    ],
)
def test_a_marked_column_is_hidden_and_a_doubt_hides(column: dict[str, Any], hidden: bool) -> None:
    found = pii_columns.grants(manifest(model("dim_a", "star", {"id": {}, "age": column})))
    assert found == {"star": {"dim_a": ["age"] if hidden else []}}


@pytest.mark.parametrize(("mark", "hidden"), [({}, ["lines"]), ({"meta": {"pii": False}}, []), ({"config": {"meta": {"pii": False}}}, [])])
def test_what_is_nested_has_no_contract_and_is_hidden_until_marked(mark: dict[str, Any], hidden: list[str]) -> None:
    nesting = model("obt_a", "wide", {"id": {}, "lines": mark}, enforced=False)
    nesting["config"]["meta"] = {"nested": ["lines"]}
    assert pii_columns.grants(manifest(nesting)) == {"wide": {"obt_a": hidden}}


def test_only_the_analysts_schemas_are_named() -> None:
    models = [model("a", "star", {}), model("b", "normalized", {}), model("c", "wide", {}), model("d", "serving", {}, "view")]
    assert pii_columns.grants(manifest(*models)) == {"star": {"a": []}, "wide": {"c": []}, "serving": {"d": []}}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (model("vw_a", "serving", {"age": {"meta": {"pii": True}}}, "view"), "vw_a is a view with personal columns"),
        (model("dim_a", "star", {}, enforced=False), "dim_a has no enforced contract"),
        (model("nf3_a", "normalized", {}), "has no models in star, wide, serving"),
    ],
)
def test_what_cannot_be_granted_safely_is_refused(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        pii_columns.grants(manifest(given))


@pytest.mark.parametrize(("text", "sentence"), [(None, "There is no manifest"), ("{", "is not a manifest"), ("[]", "is not a manifest")])
def test_a_missing_or_damaged_manifest_is_one_sentence(text: str | None, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    if text is not None:
        path.write_text(text)
    command = [sys.executable, "-m", "infra.pii_columns", "--manifest", str(path), "--output", str(tmp_path / "out.json")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert sentence in done.stderr
    assert not (tmp_path / "out.json").exists()


def test_this_projects_personal_columns_are_hidden(tmp_path: Path) -> None:
    environment = os.environ | {"DBT_TARGET_PATH": str(tmp_path), "DBT_LOG_PATH": str(tmp_path)}
    subprocess.run([str(BIN / "dbt"), "parse", "--target", "lint"], cwd=ROOT, env=environment, check=True, capture_output=True)
    output = tmp_path / "analyst_tables.auto.tfvars.json"
    command = [sys.executable, "-m", "infra.pii_columns", "--manifest", str(tmp_path / "manifest.json"), "--output", str(output)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    found = json.loads(output.read_text())["analyst_tables"]
    marked = {f"{schema}.{table}": set(hidden) for schema, tables in found.items() for table, hidden in tables.items() if hidden}
    assert marked == {
        "star.dim_household_profiles": PERSONAL | PROFILE,
        "star.dim_households": PERSONAL,
        "star.fct_household_months": PROFILE,
        "star.fct_store_visits": PROFILE,
        "wide.obt_sales_lines": PERSONAL,
    }
    assert found["star"]["dim_stores"] == []
