"""The macros that models use give the right values, and each that differs by engine says so for both."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.macros.conftest import Project
from tests.parity.compare import athena_type
from tests.support import ROOT

MACRO_FILES = sorted((ROOT / "macros").rglob("*.sql"))


def test_utc_to_local_follows_daylight_saving(project: Project) -> None:
    found = dict(project.rows("select moment, local_moment from local_times"))
    hours = {moment: (moment - local) / timedelta(hours=1) for moment, local in found.items()}
    assert hours == {
        datetime(2017, 1, 1, 4, 59, 59): 5,
        datetime(2017, 1, 1, 5): 5,
        datetime(2017, 3, 12, 6, 59, 59): 5,
        datetime(2017, 3, 12, 7): 4,
        datetime(2017, 11, 5, 5, 59, 59): 4,
        datetime(2017, 11, 5, 6): 5,
        datetime(2018, 1, 1, 4, 59, 59): 5,
    }


def test_local_to_utc_is_what_utc_to_local_undoes(project: Project) -> None:
    found = dict(project.rows("select local_moment, moment from utc_times"))
    assert {local: (moment - local) / timedelta(hours=1) for local, moment in found.items()} == {
        datetime(2017, 1, 1): 5,
        datetime(2017, 3, 12, 1, 59, 59): 5,
        datetime(2017, 3, 12, 3): 4,
        datetime(2017, 7, 4): 4,
        datetime(2017, 11, 5, 0, 59, 59): 4,
        datetime(2017, 11, 5, 2): 5,
    }


def test_date_series_includes_both_ends(project: Project) -> None:
    days = [(date(2017, 2, 27),), (date(2017, 2, 28),), (date(2017, 3, 1),), (date(2017, 3, 2),)]
    assert project.rows("select day from days order by day") == days
    assert project.rows("select day from one_day") == [(date(2017, 12, 31),)]


def test_grocer_week_counts_monday_weeks_within_the_year(project: Project) -> None:
    found = dict(project.rows("select day, week from weeks"))
    assert found.pop(date(2016, 12, 31)) is found.pop(date(2018, 1, 1)) is None
    assert {day: week for day, week in found.items() if day.weekday() == 0} == {
        date(2017, 1, 2) + timedelta(weeks=week): week + 2 for week in range(52)
    }
    assert all(week == found[max(day - timedelta(days=day.weekday()), date(2017, 1, 1))] for day, week in found.items())
    assert (found[date(2017, 1, 1)], found[date(2017, 12, 31)]) == (1, 53)


def test_what_collect_rows_nests_unnest_rows_gives_back(project: Project) -> None:
    lines = [(1, 1, "b"), (1, 2, None), (2, 1, "caf\u00e9 \u65e5")]
    length = "cardinality" if project.athena else "len"
    assert project.rows("select basket, position, product from unnested order by 1, 2") == lines
    assert project.rows(f"select basket, {length}(items) from nested order by 1") == [(1, 2), (2, 1)]
    assert project.rows("select count(*) from nested_empty") == project.rows("select count(*) from unnested_empty") == [(0,)]


def test_product_class_id_tells_missing_levels_apart(project: Project) -> None:
    found = {name for (name,) in project.rows("select id from classes")}
    assert found == {"D > C > T", "D > (none) > T", "D > T > (none)", "D > (none) > (none)"}


def test_divide_is_exact_and_null_by_zero(project: Project) -> None:
    found = dict(project.rows("select id, quotient from quotients"))
    assert found == {1: Decimal("3.50"), 2: Decimal("0.33"), 3: None, 4: None, 5: Decimal("0.13"), 6: Decimal("-0.13")}


def test_count_distinct_small_integers_counts_both_ends(project: Project) -> None:
    assert dict(project.rows("select name, numbers from small_integers")) == {"a": 2, "b": 1}


def test_not_materialized_lets_two_readers_read(project: Project) -> None:
    assert len(project.rows("select number from read_twice")) == 1


def test_day_key_writes_a_day_as_a_number(project: Project) -> None:
    assert dict(project.rows("select id, number from day_keys")) == {1: 20170102, 2: 20161231, 3: None}


def test_coupon_key_tells_the_campaigns_of_a_code_apart(project: Project) -> None:
    assert dict(project.rows("select id, number from coupon_keys")) == {1: 51111080676002, 2: 51111080676013, 3: 5111108067002}


def test_placement_key_goes_from_digits_to_letters_and_knows_no_other_code(project: Project) -> None:
    found = {(display, mailer): number for display, mailer, number in project.rows("select display, mailer, number from keys")}
    assert found == {
        ("0", "0"): 0,
        ("9", "A"): 910,
        ("A", "9"): 1009,
        ("Z", "Z"): 3535,
        ("a", "1"): -1,
        ("1", "a"): -1,
        ("12", "1"): -1,
        ("1", ""): -1,
    }


def test_time_key_writes_a_minute_as_a_number(project: Project) -> None:
    assert dict(project.rows("select id, number from times")) == {1: 0, 2: 2359}


def test_a_version_holds_from_its_first_day_to_the_day_before_the_next(project: Project) -> None:
    assert dict(project.rows("select id, name from versions")) == {1: None, 2: "old", 3: "old", 4: "new"}


@pytest.mark.parametrize(
    ("table", "types"),
    [
        ("local_times", {"moment": "TIMESTAMP", "local_moment": "TIMESTAMP"}),
        ("utc_times", {"local_moment": "TIMESTAMP", "moment": "TIMESTAMP"}),
        ("days", {"day": "DATE"}),
        ("weeks", {"day": "DATE", "week": "INTEGER"}),
        ("unnested", {"basket": "INTEGER", "position": "INTEGER", "product": "VARCHAR"}),
        ("classes", {"id": "VARCHAR"}),
        ("quotients", {"id": "INTEGER", "quotient": "DECIMAL(12,2)"}),
        ("keys", {"display": "VARCHAR", "mailer": "VARCHAR", "number": "INTEGER"}),
        ("times", {"id": "INTEGER", "number": "INTEGER"}),
        ("day_keys", {"id": "INTEGER", "number": "INTEGER"}),
        ("coupon_keys", {"id": "INTEGER", "number": "BIGINT"}),
    ],
)
def test_a_macro_gives_the_same_type_on_both_engines(project: Project, table: str, types: dict[str, str]) -> None:
    expected = {name: athena_type(kind) for name, kind in types.items()} if project.athena else types
    assert project.types(table) == expected


def test_a_parent_is_rebuilt_with_its_children_or_not_at_all(project: Project) -> None:
    together = project.dbt("run", "--select", "parents", "children")
    assert together.returncode == 0, together.stdout
    assert project.rows("select parent_id from children") == [(1,)]
    alone = project.dbt("run", "--select", "parents")
    if project.athena:  # it has no foreign keys
        assert alone.returncode == 0, alone.stdout
        return
    assert alone.returncode == 1
    assert "parents cannot be replaced alone" in alone.stdout
    assert "`dbt build -s parents+`" in alone.stdout
    assert project.rows("select parent_id from children") == [(1,)]


def test_batches_give_each_row_once(project: Project) -> None:
    whole = [(number, letter) for number, letter in enumerate("abcdefg" * 100)]
    rows, sizes = "select number, letter from batched order by number", "select count(distinct in_batch) from batched"
    assert (project.rows(rows), project.rows(sizes)) == (whole, [(1,)])
    done = project.dbt("run", "--select", "batched", "--vars", "{batches: 3}")
    assert done.returncode == 0, done.stdout
    assert project.rows(rows) == whole
    assert (project.rows(sizes) == [(1,)]) == bool(project.athena)
    if not project.athena:
        refused = project.dbt("run", "--select", "batched", "--vars", "{batches: 0}")
        assert refused.returncode == 2  # the project is not even parsed
        assert "The variable batches is 0: give it a whole number from 1 on." in refused.stdout
        assert project.rows(rows) == whole


@pytest.mark.parametrize("file", MACRO_FILES, ids=lambda file: file.stem)
def test_a_macro_has_a_usage_header_and_speaks_for_both_engines(file: Path) -> None:
    sql = file.read_text()
    assert sql.startswith("{#"), "begin the file with a comment that says what the macro gives and how it is called"
    for name in re.findall(r"adapter\.dispatch\('(\w+)'\)", sql):
        for engine in ("duckdb", "athena"):
            assert f"macro {engine}__{name}(" in sql, f"{name} has no branch for {engine}"
