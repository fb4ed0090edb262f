"""The operation that tends the tables, on seeds of a schema of its own, and on DuckDB."""

import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.athena_build import AthenaBuild
from tests.dbt_here import Dbt, Told
from tests.support import Warehouse

PREFIX = "tended"
Maintain = Callable[[str], Told]
LINE = re.compile(
    rf"{PREFIX}_reference\.(\w+): (\d+) rows, data files (\d+) to (\d+), delete files (\d+) to (\d+), snapshots (\d+) to (\d+)"
)


@pytest.fixture(scope="module")
def maintain(athena_build: AthenaBuild, tmp_path_factory: pytest.TempPathFactory) -> Maintain:
    """The operation on a schema that holds two seeds, one of them in five files with a deleted row, and no past worth keeping."""
    dbt = Dbt(athena_build.environment() | {"AISLE_ATHENA_SCHEMA": PREFIX}, "athena", tmp_path_factory.mktemp("tended"))
    seeded = dbt.run("seed", "-s", "household_tiers", "campaign_types")
    assert seeded.success, seeded.text
    tiers = f"{PREFIX}_reference.household_tiers"
    for tier in ("a", "b", "c", "d"):
        athena_build.rows(f"insert into {tiers} select '{tier}', minimum_spend_amount from {tiers} where tier = 'silver'")
    athena_build.rows(f"delete from {tiers} where tier = 'bronze'")
    athena_build.rows(f"alter table {tiers} set tblproperties ('vacuum_max_snapshot_age_seconds' = '0')")

    return lambda select: dbt.run("run-operation", "maintain_tables", "--args", f"{{select: {select}}}")


def told(ended: Told) -> dict[str, tuple[int, ...]]:
    """Each table's rows, data files, delete files and snapshots, before and after, as logged."""
    return {name: tuple(map(int, figures)) for name, *figures in LINE.findall(ended.text)}


def test_a_table_gets_one_file_and_one_snapshot_and_keeps_its_rows(athena_build: AthenaBuild, maintain: Maintain) -> None:
    rows = athena_build.rows(f"select * from {PREFIX}_reference.household_tiers order by tier")
    ended = maintain("household_tiers")
    assert ended.success, ended.text
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
    assert ended.success, ended.text
    assert set(told(ended)) == {"household_tiers", "campaign_types"}
    assert f"{PREFIX}_reference.us_holidays: not built, passed over" in ended.text


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
def test_a_bad_selection_is_told_in_a_sentence(maintain: Maintain, select: str, said: str) -> None:
    ended = maintain(select)
    assert not ended.success
    assert said in ended.text


def test_duckdb_has_nothing_to_do_and_says_so(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    duckdb.connect(str(warehouse.raw)).close()
    told = warehouse.run("dbt", "run-operation", "maintain_tables", "--args", "{select: star}").stdout
    assert "Nothing to do: DuckDB keeps one file without snapshots" in told
