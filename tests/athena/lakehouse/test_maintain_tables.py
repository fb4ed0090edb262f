"""The operation that tends the tables, on seeds of a schema of its own, and on DuckDB."""

import re
from collections.abc import Callable
from subprocess import CompletedProcess

import pytest

from tests.athena_build import AthenaBuild
from tests.support import Warehouse

PREFIX = "tended"
Maintain = Callable[..., CompletedProcess[str]]
LINE = re.compile(
    rf"{PREFIX}_reference\.(\w+): (\d+) rows, data files (\d+) to (\d+), delete files (\d+) to (\d+), snapshots (\d+) to (\d+)"
)


@pytest.fixture(scope="module")
def maintain(athena_build: AthenaBuild, tmp_path_factory: pytest.TempPathFactory) -> Maintain:
    """The operation on a schema that holds two seeds, one of them in five files with a deleted row, and no past worth keeping."""
    environment = athena_build.environment() | {
        "AISLE_ATHENA_SCHEMA": PREFIX,
        "DBT_TARGET_PATH": str(tmp_path_factory.mktemp("tended")),
    }
    athena_build.warehouse.run("dbt", "seed", "-s", "household_tiers", "campaign_types", "--target", "athena", **environment)
    tiers = f"{PREFIX}_reference.household_tiers"
    for tier in ("a", "b", "c", "d"):
        athena_build.rows(f"insert into {tiers} select '{tier}', minimum_spend_amount from {tiers} where tier = 'silver'")
    athena_build.rows(f"delete from {tiers} where tier = 'bronze'")
    athena_build.rows(f"alter table {tiers} set tblproperties ('vacuum_max_snapshot_age_seconds' = '0')")

    def run(select: str) -> CompletedProcess[str]:
        arguments = ("--target", "athena", "--args", f"{{select: {select}}}")
        return athena_build.warehouse.run("dbt", "run-operation", "maintain_tables", *arguments, check=False, **environment)

    return run


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A folder of which only dbt's artifacts are used."""
    return Warehouse(tmp_path_factory.mktemp("nothing"))


def told(ended: CompletedProcess[str]) -> dict[str, tuple[int, ...]]:
    """Each table's rows, data files, delete files and snapshots, before and after, as logged."""
    return {name: tuple(map(int, figures)) for name, *figures in LINE.findall(ended.stdout)}


def test_a_table_gets_one_file_and_one_snapshot_and_keeps_its_rows(athena_build: AthenaBuild, maintain: Maintain) -> None:
    rows = athena_build.rows(f"select * from {PREFIX}_reference.household_tiers order by tier")
    ended = maintain("household_tiers")
    assert ended.returncode == 0, ended.stdout
    ((name, (count, files, files_after, deletes, deletes_after, snapshots, snapshots_after)),) = told(ended).items()
    assert (name, count) == ("household_tiers", len(rows))
    assert (files, deletes) > (1, 0)
    assert (files_after, deletes_after) == (1, 0)
    assert snapshots >= 6
    assert snapshots_after == 1
    assert athena_build.rows(f"select * from {PREFIX}_reference.household_tiers order by tier") == rows
    found = athena_build.rows(f'select count(*) from {PREFIX}_reference."household_tiers$files"')
    assert found == [(1,)]


def test_a_folder_is_tended_whole_and_what_is_not_built_is_named(maintain: Maintain) -> None:
    ended = maintain("[reference]")
    assert ended.returncode == 0, ended.stdout
    assert set(told(ended)) == {"household_tiers", "campaign_types"}
    assert f"{PREFIX}_reference.us_holidays: not built, passed over" in ended.stdout


@pytest.mark.parametrize(
    ("select", "said"),
    [
        ("[star, no_such]", "maintain_tables knows no table and no folder of tables named no_such: "),
        ("staging", "maintain_tables knows no table and no folder of tables named staging: "),
        ("[]", "maintain_tables cannot select []: "),
        ("[star, 3]", "maintain_tables cannot select ['star', 3]: "),
        ("{star: 1}", "maintain_tables cannot select {'star': 1}: "),
    ],
)
def test_a_bad_selection_is_told_in_a_sentence(nothing: Warehouse, select: str, said: str) -> None:
    arguments = ("--target", "lint", "--args", f"{{select: {select}}}")
    ended = nothing.run("dbt", "run-operation", "maintain_tables", *arguments, check=False)
    assert ended.returncode != 0
    assert said in ended.stdout


def test_duckdb_has_nothing_to_do_and_says_so(nothing: Warehouse) -> None:
    ended = nothing.run("dbt", "run-operation", "maintain_tables", "--target", "lint", "--args", "{select: star}", check=False)
    assert ended.returncode == 0, ended.stdout
    assert "Nothing to do: DuckDB keeps one file without snapshots" in ended.stdout
