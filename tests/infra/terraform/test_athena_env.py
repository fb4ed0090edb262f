"""The environment of a lake, where there is none yet. Of a lake that was made, test_lake.py reads it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra import athena_env
from tests.support import ROOT


@pytest.mark.usefixtures("terraform")
def test_before_an_apply_one_sentence_says_so(tmp_path: Path) -> None:
    shutil.copy(ROOT / "infra" / "terraform" / "variables.tf", tmp_path)
    done = subprocess.run([sys.executable, "-m", "infra.athena_env", "--folder", str(tmp_path)], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr.count("error: ")) == (2, "", 1)
    assert "run `terraform apply` there first" in done.stderr


def test_values_are_quoted_for_a_shell() -> None:
    lines = athena_env.export_lines({"A": "s3://lake/", "B": "it's $HOME; exit"})
    read = subprocess.run(["/bin/sh", "-c", f'{lines}printf "%s|%s" "$A" "$B"'], env={}, capture_output=True, text=True, check=True).stdout
    assert read == "s3://lake/|it's $HOME; exit"
