"""Loads in steps give what one load gives, a repeated load adds nothing, and the order of loading does not matter."""

import random
from pathlib import Path

import duckdb
import pytest

from tests.support import Warehouse, differences
from tests.vault_models.conftest import VAULT, copy_of, row_counts, vault_tables

# When a row was loaded is what steps change.
LOADED = frozenset({"load_date", "load_id"})
# Their source shows its present state: one load sees one version, steps see more. They agree on the latest row.
CURRENT_STATE = {
    "vault.sat_household_profiles": "household_hk",
    "vault.sat_household_demographics": "household_hk",
    "vault.sat_product_catalogue": "product_hk",
    "vault.sat_campaigns": "campaign_hk",
}
# What points at them by load date, too.
POINTS_AT_CURRENT_STATE = {"vault.pit_households"}


def test_event_and_log_fed_structures_equal_those_of_one_load(subset: Warehouse, in_steps: Warehouse) -> None:
    assert vault_tables(subset) == vault_tables(in_steps)
    compared = [table for table in vault_tables(subset) if table not in CURRENT_STATE.keys() | POINTS_AT_CURRENT_STATE]
    assert len(compared) > 25
    found = {table: differences(subset.built, in_steps.built, table, LOADED) for table in compared}
    assert {table: counts for table, counts in found.items() if counts[1:] != (0, 0)} == {}


@pytest.mark.parametrize("table", CURRENT_STATE)
def test_current_state_satellites_agree_on_their_latest_rows(subset: Warehouse, in_steps: Warehouse, table: str) -> None:
    key = CURRENT_STATE[table]
    with duckdb.connect() as connection:
        connection.execute(f"attach '{subset.built}' as l (read_only); attach '{in_steps.built}' as r (read_only)")
        latest = f"qualify row_number() over (partition by {key} order by load_date desc) = 1"
        left, right = (f"select * exclude (load_date) from {side}.{table} {latest}" for side in "lr")
        assert connection.execute(f"select count(*) from ({left} except all {right})").fetchone() == (0,)
        assert connection.execute(f"select count(*) from ({right} except all {left})").fetchone() == (0,)


@pytest.mark.parametrize(("satellite", "sorts"), [("sat_receipt_line_measures", 0), ("sat_receipt_headers", 0), ("sat_campaigns", 2)])
def test_a_first_load_of_what_is_known_to_be_distinct_sorts_nothing(subset: Warehouse, satellite: str, sorts: int) -> None:
    [sql] = [
        result["compiled_code"] for result in subset.artifact("run_results")["results"] if result["unique_id"] == f"model.aisle.{satellite}"
    ]
    assert sql.count(") over ") == sorts


def test_steps_saw_profiles_that_one_load_did_not(subset: Warehouse, in_steps: Warehouse) -> None:
    profiles = "vault.sat_household_profiles"
    assert row_counts(in_steps)[profiles] > row_counts(subset)[profiles]


def test_points_in_time_of_events_are_those_of_one_load(subset: Warehouse, in_steps: Warehouse) -> None:
    profiles = frozenset(f"sat_household_{name}_{column}" for name in ("profiles", "demographics") for column in ("pk", "ldts"))
    assert differences(subset.built, in_steps.built, "vault.pit_households", profiles)[1:] == (0, 0)


def test_a_repeated_load_adds_no_row(in_steps: Warehouse) -> None:
    before = row_counts(in_steps)
    in_steps.run("dbt", "build", *VAULT)
    assert row_counts(in_steps) == before


@pytest.mark.long("the vault in any order")
def test_the_order_of_hubs_links_and_satellites_does_not_matter(subset: Warehouse, tmp_path: Path) -> None:
    shuffled = copy_of(subset, tmp_path)
    names = [table.removeprefix("vault.") for table in vault_tables(subset) if not table.startswith(("vault.pit_", "vault.brg_"))]
    names.remove("sat_household_value_segments")
    with duckdb.connect(str(shuffled.built)) as connection:
        for name in names:
            connection.execute(f"drop table vault.{name} cascade")
    random.Random(6).shuffle(names)  # noqa: S311 (no secret)
    groups = [names[start::3] for start in range(3)]
    for group in groups:
        shuffled.run("dbt", "run", "--select", *group)
    found = {name: differences(subset.built, shuffled.built, f"vault.{name}") for name in names}
    assert {name: counts for name, counts in found.items() if counts[1:] != (0, 0)} == {}


def lines_staged(warehouse: Warehouse) -> tuple[int, int]:
    """How many lines the vault's next load reads, and how many there are."""
    warehouse.run("dbt", "run", "--select", "vstg_new_receipt_lines")
    counts = "select (select count(*) from vault.vstg_new_receipt_lines), (select count(*) from vault.vstg_receipt_lines)"
    with duckdb.connect(str(warehouse.built), read_only=True) as connection:
        connection.execute(f"set timezone = 'UTC'; attach '{warehouse.raw}' as raw (read_only)")
        return connection.execute(counts).fetchone()


def test_a_load_reads_recent_lines_and_those_that_a_run_before_it_left_out(in_steps: Warehouse, tmp_path: Path) -> None:
    interrupted = copy_of(in_steps, tmp_path)
    recent, all_lines = lines_staged(interrupted)
    assert 0 < recent < all_lines / 10
    late = "first_till_sequence > (select max(first_till_sequence) / 2 from vault.nhl_receipt_lines)"
    with duckdb.connect(str(interrupted.built)) as connection:
        connection.execute(f"delete from vault.nhl_receipt_lines where {late}")
    assert recent < lines_staged(interrupted)[0] < all_lines
    interrupted.run("dbt", "run", "--select", "nhl_receipt_lines", "sat_receipt_line_measures")
    assert row_counts(interrupted) == row_counts(in_steps)
    assert lines_staged(interrupted) == (recent, all_lines)
