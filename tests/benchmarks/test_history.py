"""The history of figures: written and read back, put into the page, and asked whether something got worse."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks import history
from benchmarks.history import Entry
from benchmarks.measure import ROOT, Figure

FIGURES = [
    Figure("load (largest process 850 MiB)", 10, 12.0, limit="≤ 15 s"),
    Figure("dbt", 1_000, 3.0, "by hand", 2.0, "≤ 1.2"),
    Figure("start", None, 0.5),
]


@pytest.fixture
def measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Entry]:
    """Some figures in a history of their own, and a page of their own."""
    monkeypatch.setattr(history, "FILE", tmp_path / "history.jsonl")
    monkeypatch.setattr(history, "PAGE", tmp_path / "performance.md")
    history.PAGE.write_text(f"# Performance\n\n{history.BEGIN}\nold\n{history.END}\n\nmore\n")
    found = history.entries("job", FIGURES)
    history.add(found)
    return found


def test_figures_are_read_back_as_they_were_written(measured: list[Entry]) -> None:
    assert history.read() == measured
    assert [entry.met for entry in measured] == [True, False, None]


def test_the_page_has_the_newest_of_each_group_in_one_table(measured: list[Entry]) -> None:
    history.add(replace(entry, commit="later", seconds=entry.seconds / 3) for entry in measured)
    history.add(replace(entry, group="star") for entry in measured[:1])
    history.write_page(history.read(), ("star", "job", "page"))
    lines = history.PAGE.read_text().splitlines()
    assert "old" not in lines
    assert lines[-1] == "more"
    assert "3 of 3 limits are met." in lines[4]
    table = [line for line in lines if line.startswith("| ")]
    assert [line.split(" | ")[0] for line in table[1:]] == [
        *(f"| **[star](#star)**, {measured[0].date}, {measured[0].commit}", "| load (largest process 850 MiB)"),
        *(f"| **[job](#job)**, {measured[0].date}, later", "| load (largest process 850 MiB)", "| dbt", "| start"),
    ]
    assert "| dbt | 1,000 | 1.0 | by hand | 2.0 | 0.50 | ≤ 1.2 | yes |" in table


def test_what_got_worse_than_its_limit_is_told(measured: list[Entry]) -> None:
    load, dbt, start = measured
    now = [replace(load, what="load (largest process 900 MiB)", seconds=16.0), replace(dbt, seconds=4.0), replace(start, seconds=9.0)]
    [told] = history.regressions(history.read(), now)
    assert told == f"job: load is 16.0 s, allowed ≤ 15 s; on {load.date} it was 12.0 s."


def test_the_last_values_of_a_figure_stand_beside_each_other(measured: list[Entry]) -> None:
    history.add([replace(measured[1], seconds=2.0)])
    rows = history.trend(history.read(), "job")
    assert rows[1] == ("job: dbt", "≤ 1.2", "", "", "", "1.50", "1.00")
    assert rows[2] == ("job: start", "", "", "", "", "", "0.50 s")
    assert history.trend(history.read(), "star") == []


def test_a_group_that_fails_leaves_the_others(measured: list[Entry], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def figures(group: str, *_: object) -> list[Figure]:
        if group == "star":
            sys.exit("the star fell")
        return FIGURES[:1]

    monkeypatch.setattr(command, "measured", figures)
    monkeypatch.setenv("AISLE_WAREHOUSE", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--only", "star,page", "--write"])
    assert command.main() == 1
    assert [entry.group for entry in history.read()] == [*("job" for _ in measured), "page"]


def test_the_history_in_git_is_well_formed() -> None:
    kept = history.read()
    assert {entry.group for entry in kept} <= {*command.GROUPS, *command.LONG}
    assert all(entry.seconds >= 0 and entry.date and entry.commit for entry in kept)
    assert sum(entry.met is not None for entry in kept) > 30


def test_the_page_is_the_one_of_the_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = history.PAGE.read_text(encoding="utf-8")
    monkeypatch.setattr(history, "PAGE", tmp_path / "performance.md")
    history.PAGE.write_text(page, encoding="utf-8")
    history.write_page(history.read(), (*command.GROUPS, *command.LONG))
    assert history.PAGE.read_text(encoding="utf-8") == page
    assert all(f'<a id="{group}"></a>' in page for group in (*command.GROUPS, *command.LONG))


def test_an_unknown_group_is_one_sentence() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--only", "job,nothing"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: There is no group nothing: name some of job, ")
    assert done.stderr.count("\n") == 1
