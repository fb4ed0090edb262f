"""The sample of the long proofs: an eighth, the same for a commit, another for others, and the turn of all but the longest comes."""

import os
import subprocess
import sys

import pytest

from tests.long_proofs import LONGEST, SHARE, drawn
from tests.support import ROOT

NAMES = {f"proof {number}" for number in range(21)}


def test_an_eighth_is_drawn_and_the_same_for_a_commit() -> None:
    assert len(drawn(NAMES, "a")) == 3 == -(-len(NAMES) // SHARE)
    assert drawn(NAMES, "a") == drawn(NAMES, "a") != drawn(NAMES, "b")
    assert drawn({"one"}, "a") == {"one"}
    assert drawn(set(), "a") == set()


def test_each_proofs_turn_comes_but_the_longest() -> None:
    assert set().union(*(drawn(NAMES | LONGEST, str(commit)) for commit in range(100))) == NAMES


def test_who_names_a_file_gets_all_of_it() -> None:
    file = "tests/increments/test_replaced_weeks.py"
    command = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "-p", "no:cacheprovider", file]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert told.count(f"{file}::") == 6
    assert "deselected" not in told


def test_a_seed_that_is_no_number_is_refused_before_anything_is_collected() -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-p", "no:cacheprovider", "tests/project/test_pages.py"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"AISLE_SEED": "spring"}, capture_output=True, text=True, check=False)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "AISLE_SEED is spring: give it a whole number, or leave it out." in done.stderr
