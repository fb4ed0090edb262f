"""The linters' rules: a test beside the others, because they take a minute and a half of one core."""

import subprocess

from tests.support import ROOT


def test_python_and_sql_are_in_the_house_style() -> None:
    command = ["make", "lint"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\n`make format` mends most of it."
