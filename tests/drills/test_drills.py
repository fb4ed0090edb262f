"""The drills: each wrong query gives its wrong number, and the right one the right."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support import Warehouse

Rows = list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def drills(full_year: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Rows]]:
    """What the statements of each drill give on the whole year, by the drill's name."""
    folder = tmp_path_factory.mktemp("drills")
    # The target without a file, because a reader may hold the built one; its catalog's name is all that differs.
    Warehouse(folder).run("dbt", "compile", "--target", "lint", "-s", "path:analyses/drills", "--no-populate-cache")
    compiled = sorted((folder / "target/compiled/aisle/analyses/drills").glob("*.sql"))
    with duckdb.connect(str(full_year), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        return {file.stem: [connection.execute(sql).fetchall() for sql in statements(file)] for file in compiled}


def statements(file: Path) -> list[str]:
    return [sql for part in file.read_text().replace('"memory".', "").split(";") if (sql := part.strip())]


# The rows of each drill's wrong query, then of its right one.
ROWS = {
    "semi_additive": ([(4_791,)], [(519,)]),
    "averages_of_ratios": ([(Decimal("0.1312"),)], [(Decimal("0.1468"),)]),
    "inferred_members": (
        [("National", 1_041_867, Decimal("19275.38")), ("Private", 422_604, Decimal("554.71"))],
        [
            ("National", 1_041_867, Decimal("19275.38")),
            ("Private", 422_604, Decimal("554.71")),
            ("Unknown", 4_836, Decimal("6529.81")),
        ],
    ),
}


@pytest.mark.parametrize("drill", ROWS)
def test_the_wrong_query_gives_the_wrong_number_and_the_right_one_the_right(drills: dict[str, list[Rows]], drill: str) -> None:
    wrong, right = drills[drill]
    assert wrong == ROWS[drill][0]
    assert right == ROWS[drill][1]


def test_a_bridge_without_weights_multiplies(drills: dict[str, list[Rows]]) -> None:
    joined, asked, counted, weighted = drills["fan_out"]
    assert (joined, asked) == ([(Decimal("7430223.67"),)], [(Decimal("2552535.19"),)])
    assert (dict(counted)["GROCERY"], sum(number for _, number in counted)) == (610_000, 2_168_568)
    assert (dict(weighted)["GROCERY"], sum(number for _, number in weighted)) == (Decimal("1477.49"), Decimal("2101.99"))


def test_two_facts_in_one_join_multiply_each_other(drills: dict[str, list[Rows]]) -> None:
    wrong, right = ({campaign: figures for campaign, *figures in rows} for rows in drills["chasm_trap"])
    assert (wrong[18], right[18]) == ([Decimal("900951.40"), 153_397], [Decimal("533268.61"), 653])
    assert [sum(redeemed for _, redeemed in campaigns.values()) for campaigns in (wrong, right)] == [436_793, 2_102]


def test_the_week_in_utc_moves_the_lines_of_sunday_evenings(drills: dict[str, list[Rows]]) -> None:
    wrong, right, difference = drills["time_zone_week"]
    assert difference == [(34_729,)]
    assert (wrong[0], wrong[-1]) == ((1, 3_098, Decimal("8759.90")), (None, 534, Decimal("1893.26")))
    assert (right[0], right[-1]) == ((1, 3_722, Decimal("10477.50")), (53, 24_886, Decimal("80829.17")))
    assert [sum(line_count for _, line_count, _ in weeks) for weeks in (wrong, right)] == [1_469_307, 1_469_307]
