"""The configuration itself: its form, and what it refuses."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra.terraform import tool
from ingestion.errors import UserError

ARN = "arn:aws:iam::123456789012:role/somebody"
EMAILS = ["somebody@example.com"]


@pytest.mark.usefixtures("terraform")
def test_the_configuration_is_formatted() -> None:
    done = tool.run("fmt", "-check", "-diff", "-recursive")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_configuration_is_planned_without_a_warning(planned: list[dict[str, Any]]) -> None:
    assert planned


@pytest.mark.usefixtures("terraform")
@pytest.mark.parametrize(
    "values",
    [
        {},
        {"prefix": "a"},
        {"prefix": "team_2"},
        {"bucket_prefix": "grocer-2017"},
        {"bytes_scanned_cutoff": 10485760},
        {"assumed_by": {"analyst": [ARN, "arn:aws:iam::123456789012:root"]}},
        {"lake_formation_admins": [ARN]},
        {"analyst_tables": {"star": {"dim_stores": []}, "wide": {}}},
        {"monthly_budget_usd": 0.5, "daily_scan_alarm_bytes": 1, "alert_emails": EMAILS},
    ],
    ids=str,
)
def test_good_values_are_taken(values: dict[str, object], only_variables: Path) -> None:
    assert _plan(only_variables, values).returncode == 0


@pytest.mark.usefixtures("terraform")
@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"prefix": "Aisle"}, "prefix must be"),
        ({"prefix": "my-lake"}, "prefix must be"),
        ({"prefix": "1aisle"}, "prefix must be"),
        ({"prefix": ""}, "prefix must be"),
        ({"prefix": "a" * 32}, "prefix must be"),
        ({"bucket_prefix": "Aisle"}, "bucket_prefix must be"),
        ({"bucket_prefix": "aisle-"}, "bucket_prefix must be"),
        ({"bucket_prefix": "a" * 56}, "bucket_prefix must be"),
        ({"bytes_scanned_cutoff": -1}, "bytes_scanned_cutoff must be"),
        ({"bytes_scanned_cutoff": 10485759}, "bytes_scanned_cutoff must be"),
        ({"bytes_scanned_cutoff": 10485760.5}, "bytes_scanned_cutoff must be"),
        ({"results_days": 0}, "results_days must be"),
        ({"results_days": 1.5}, "results_days must be"),
        ({"noncurrent_days": 0}, "noncurrent_days must be"),
        ({"noncurrent_days": 1.5}, "noncurrent_days must be"),
        ({"assumed_by": {"owner": [ARN]}}, "assumed_by knows the roles"),
        ({"assumed_by": {"analyst": []}}, "assumed_by must name at least one"),
        ({"assumed_by": {"analyst": ["*"]}}, "assumed_by takes ARNs"),
        ({"assumed_by": {"analyst": ["arn:aws:iam::123456789012:role/*"]}}, "assumed_by takes ARNs"),
        ({"lake_formation_admins": ["arn:aws:iam::123456789012:root"]}, "lake_formation_admins takes ARNs"),
        ({"analyst_tables": {"normalized": {"nf3_households": []}}}, "analyst_tables may name"),
        ({"alert_emails": ["somebody"]}, "alert_emails takes"),
        ({"monthly_budget_usd": 0, "alert_emails": EMAILS}, "monthly_budget_usd must be"),
        ({"monthly_budget_usd": 50}, "monthly_budget_usd needs alert_emails"),
        ({"daily_scan_alarm_bytes": -5, "alert_emails": EMAILS}, "daily_scan_alarm_bytes must be"),
        ({"daily_scan_alarm_bytes": 5}, "daily_scan_alarm_bytes needs alert_emails"),
    ],
    ids=str,
)
def test_bad_values_are_refused_in_one_sentence(values: dict[str, object], sentence: str, only_variables: Path) -> None:
    done = _plan(only_variables, values)
    assert done.returncode == 1
    assert sentence in " ".join(done.stderr.replace("│", " ").split())
    assert done.stderr.count("Error:") == 1


def test_every_variable_with_a_rule_is_tested_here() -> None:
    text = (tool.FOLDER / "variables.tf").read_text()
    ruled = {block.split('"')[1] for block in text.split("\nvariable ") if "validation {" in block}
    bad = next(mark for mark in test_bad_values_are_refused_in_one_sentence.pytestmark if mark.name == "parametrize").args[1]
    assert ruled - {sentence.split()[0] for _, sentence in bad} == set()


def test_a_folder_of_plugins_without_the_provider_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(tool.PLUGINS, str(tmp_path))
    with pytest.raises(UserError, match="holds no AWS provider"):
        tool.plugins()


def test_a_machine_without_terraform_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="Terraform is not on the PATH"):
        tool.run("version")


@pytest.fixture
def only_variables(tmp_path: Path) -> Path:
    """The variables without anything that uses them: their rules need neither provider nor AWS."""
    shutil.copy(tool.FOLDER / "variables.tf", tmp_path)
    return tmp_path


def _plan(folder: Path, values: dict[str, object]) -> subprocess.CompletedProcess[str]:
    (folder / "test.auto.tfvars.json").write_text(json.dumps(values))
    return tool.run("plan", "-input=false", "-no-color", folder=folder)
