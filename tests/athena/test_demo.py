"""The lake of `make athena`: by Terraform where it is, plain where it is not, and one sentence when Terraform fails."""

import shutil
from pathlib import Path

import pytest

from infra import athena_demo
from infra.local_athena import state
from infra.terraform import tool
from ingestion.errors import UserError
from tests.local_athena import LocalAthena


def test_without_terraform_the_lake_is_plain(
    local_athena: LocalAthena, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in (local_athena.environment() | {"PATH": "/nowhere"}).items():
        monkeypatch.setenv(name, value)
    roles = athena_demo.make_lake(state.read())
    assert roles["loader"]["AISLE_ATHENA_RAW"] == "s3://aisle-raw/"
    assert "made without it" in capsys.readouterr().err


@pytest.mark.skipif(shutil.which("terraform") is None, reason="Terraform is not on the PATH")
def test_a_refusal_of_terraform_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool, "FOLDER", tmp_path / "configuration")
    tool.FOLDER.mkdir()
    (tool.FOLDER / "main.tf").write_text("resource {\n")
    with pytest.raises(UserError, match=r"Terraform could not make the lake \(.*\): mend that") as refused:
        athena_demo.apply(tmp_path / "work", tmp_path)
    assert "\n" not in str(refused.value)


def test_a_command_that_fails_ends_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AISLE_WAREHOUSE", str(tmp_path))
    with pytest.raises(UserError, match="`python -c exit\\(3\\)` failed"):
        athena_demo.project({}, "python", "-c", "exit(3)")
