"""A promotion file that comes again under its name takes its week's old rows out of every table, without a full refresh."""

import shutil
from dataclasses import dataclass

import duckdb
import pytest

from ingestion.grocer import drops
from tests.conftest import HOUSEHOLDS, NO_TESTS
from tests.increments.support import facts_that_differ
from tests.increments.test_late_rows import copied
from tests.support import Warehouse

pytestmark = pytest.mark.long("replaced weeks")

PROMOTIONS = ("--select", "stg_promotions__promotions+")
WEEK = 20
# A third of the placements goes, a third is on display now, and a third in the mailer.
OTHER = """
copy (
    select distinct * replace (
        case when product_id % 3 = 1 then 'A' else display_location end as display_location,
        case when product_id % 3 = 2 then 'A' else mailer_location end as mailer_location
    )
    from read_parquet('{file}')
    where product_id % 3 > 0
) to '{file}.part' (format parquet)
"""


@dataclass(frozen=True)
class Replaced:
    """The subset before a file was replaced, after an increment, and after a full refresh."""

    before: Warehouse
    after: Warehouse
    refreshed: Warehouse


@pytest.fixture(scope="module")
def replaced(subset: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Replaced:
    folder = tmp_path_factory.mktemp("replaced")
    warehouse, refreshed = Warehouse(folder / "after"), Warehouse(folder / "refreshed")
    shutil.copytree(subset.folder, warehouse.folder, ignore=shutil.ignore_patterns("logs"))
    file = drops.file_of_week(warehouse.folder / "grocer" / "drops", WEEK)
    duckdb.sql(OTHER.format(file=file))
    file.with_name(f"{file.name}.part").replace(file)
    warehouse.load(households=HOUSEHOLDS)
    warehouse.run("dbt", "build", *PROMOTIONS, "--exclude-resource-type", "unit_test")
    copied(warehouse, refreshed).run("dbt", "build", "--full-refresh", *PROMOTIONS, *NO_TESTS)
    return Replaced(subset, warehouse, refreshed)


def value(warehouse: Warehouse, sql: str) -> int:
    with duckdb.connect(str(warehouse.built), read_only=True) as connection:
        return connection.execute(sql).fetchone()[0]


def test_a_replaced_week_is_where_a_full_refresh_puts_it(replaced: Replaced) -> None:
    assert facts_that_differ(replaced.refreshed, replaced.after) == {}


@pytest.mark.parametrize(
    "week",
    [
        "star.fct_promotions where",
        "star.fct_promoted_sales_lines inner join star.dim_dates using (date_key) where dim_dates.",
        "wide.obt_sales_lines where is_on_promotion and",
    ],
)
def test_the_week_is_another_one(replaced: Replaced, week: str) -> None:
    """Or the test above would compare two tables that nothing has reached."""
    count = f"select count(*) from {week} grocer_week = {WEEK}".replace(". ", ".")
    assert 0 < value(replaced.after, count) < value(replaced.before, count)


def test_other_weeks_are_not_written_again(replaced: Replaced) -> None:
    loads = f"select count(distinct load_number) from star.fct_promotions where (grocer_week = {WEEK}) = "
    assert value(replaced.after, f"{loads} true") == value(replaced.after, f"{loads} false") == 1
    assert value(replaced.after, "select count(distinct load_number) from star.fct_promotions") == 2


def test_the_vault_keeps_both_files_and_tells_which_one_holds(replaced: Replaced) -> None:
    rows = f"select count(*) from vault.{{}}_promotion_placements inner join vault.hub_weeks using (week_hk) where grocer_week = {WEEK}"
    ever, now = rows.format("nhl"), rows.format("qav")
    assert value(replaced.after, ever) == value(replaced.before, ever) + value(replaced.after, now)
    assert value(replaced.after, now) == value(replaced.refreshed, ever) < value(replaced.before, now)
