"""Each lesson on the session's lake: rows, files and snapshots before and after, compared with the sales fact that it copies."""

from decimal import Decimal
from pathlib import Path

import pytest

from infra.lakehouse import FOLDER
from tests.athena.lakehouse.conftest import Lessons
from tests.support import ROOT


@pytest.fixture(scope="module")
def sold(lessons: Lessons) -> dict[str, object]:
    """What the sales fact holds, asked beside the lessons."""
    columns = ("row_count", "sales_amount", "discounted", "households", "free_from_july")
    query = """
        select
            count(*), sum(sales_amount), count_if(retail_discount_amount > decimal '0.00'), count(distinct household_id),
            count_if(sales_amount = decimal '0.00' and sold_date >= date '2017-07-01')
        from fct_sales_lines
    """
    return dict(zip(columns, lessons.build.rows(query)[0], strict=True))


def test_a_column_comes_and_goes_without_a_file_written(lessons: Lessons, sold: dict[str, object]) -> None:
    lesson = lessons.once("schema_evolution")
    rows = sold["row_count"]
    assert lesson.state("made") == lesson.state("added") == (rows, 1, 0, 1)
    assert lesson.at("added")["shelf_amounts"] == 0
    assert lesson.at("filled")["shelf_amounts"] == sold["discounted"] > 0
    assert lesson.state("filled") == (rows, 2, 1, 2)
    assert lesson.state("at the end") == lesson.state("filled")
    assert lesson.at("at the end")["bytes"] == lesson.at("filled")["bytes"]


def test_a_renamed_a_widened_and_a_dropped_column_keep_what_they_held(lessons: Lessons, sold: dict[str, object]) -> None:
    lesson = lessons.once("schema_evolution")
    assert Decimal(lesson.at("renamed")["paid_amount"]) == Decimal(lesson.at("renamed")["sales_amount_as_made"]) == sold["sales_amount"]
    assert (lesson.at("widened")["household_id_type"], lesson.at("widened")["households"]) == ("bigint", sold["households"])
    assert (lesson.at("added again")["quantities"], lesson.at("added again")["quantities_as_made"]) == (0, sold["row_count"])


def test_the_past_is_read_and_brought_back_to_the_cell(lessons: Lessons, sold: dict[str, object]) -> None:
    lesson = lessons.once("time_travel")
    told = {
        moment: (lesson.at(moment)["row_count"], Decimal(lesson.at(moment)["sales_amount"]))
        for moment in ("good", "broken", "by version", "by moment", "restored")
    }
    good = (sold["row_count"], sold["sales_amount"])
    assert {moment: found == good for moment, found in told.items()} == {
        "good": True,
        "broken": False,
        "by version": True,
        "by moment": True,
        "restored": True,
    }
    doubled, deleted, invented = (
        outcome["written"] for outcome in lesson.outcomes if outcome["sql"].startswith(("update", "delete", "insert"))
    )  # fmt: skip
    changed = doubled - sold["free_from_july"]
    assert (lesson.at("to repair")["lost_rows"], lesson.at("to repair")["wrong_rows"]) == (changed + deleted, changed + invented)
    merged = next(outcome["written"] for outcome in lesson.outcomes if outcome["sql"].startswith("merge"))
    assert merged == changed + deleted + invented
    assert (lesson.at("repaired")["lost_rows"], lesson.at("repaired")["wrong_rows"]) == (0, 0)
    assert lesson.at("at the end")["snapshots"] == 5
    assert "snapshot" in lesson.refusals[0]


def test_partitions_by_month_are_read_alone(lessons: Lessons, sold: dict[str, object]) -> None:
    lesson = lessons.once("partition_evolution")
    assert lesson.at("whole")["data_files"] == 1
    assert lesson.at("by month")["data_files"] == 12
    assert lesson.state("by month")[0] == sold["row_count"]
    assert (lesson.at("compared")["lost_rows"], lesson.at("compared")["wrong_rows"]) == (0, 0)
    whole, by_month = (lesson.at(f"a month of {what}") for what in ("the whole", "the months"))
    assert (whole["june_rows"], whole["june_amount"]) == (by_month["june_rows"], by_month["june_amount"])
    assert by_month["bytes_read"] * 5 < whole["bytes_read"]
    partitions = next(outcome for outcome in lesson.outcomes if outcome["columns"][:1] == ["partitions"])
    assert partitions["rows"][0][0] == 12
    assert "'field'" in lesson.refusals[0]
    assert lesson.refusals[1].startswith("ICEBERG_TOO_MANY_OPEN_PARTITIONS")


def test_optimize_makes_one_file_of_many_and_keeps_the_rows(lessons: Lessons, sold: dict[str, object]) -> None:
    lesson = lessons.once("small_files")
    deleted = next(outcome["written"] for outcome in lesson.outcomes if outcome["sql"].startswith("delete"))
    rows = sold["row_count"] - deleted
    assert deleted > 0
    assert lesson.state("before") == (rows, 12, 12, 13)
    assert lesson.state("after") == (rows, 1, 0, 14)
    assert lesson.at("before the deletion")["households"] - lesson.at("after")["households"] == 1
    assert lessons.objects("compacted_sales") == 25, "the snapshots before still name the old files"


def test_vacuum_forgets_the_past_and_its_files(lessons: Lessons, sold: dict[str, object]) -> None:
    lesson = lessons.once("snapshot_expiry")
    deleted = sum(outcome["written"] for outcome in lesson.outcomes if outcome["sql"].startswith("delete"))
    rows = sold["row_count"] - deleted
    assert lesson.at("as made")["row_count"] == sold["row_count"]
    assert lesson.state("before") == lesson.state("within five days") == (rows, 1, 0, 5)
    assert lesson.state("after") == (rows, 1, 0, 1)
    assert lessons.objects("expiring_sales") == 1
    assert "snapshot" in lesson.refusals[0]


def test_a_lesson_is_repeated_from_nothing(lessons: Lessons) -> None:
    first, second = lessons.once("partition_evolution"), lessons.again("partition_evolution")
    assert first.state("by month") == second.state("by month")
    for name in ("columns", "written"):
        assert [outcome[name] for outcome in first.outcomes] == [outcome[name] for outcome in second.outcomes]
    # what follows the code counts the writers that were open by then, which differs from run to run
    assert [refusal.partition(":")[0] for refusal in first.refusals] == [refusal.partition(":")[0] for refusal in second.refusals]


@pytest.mark.parametrize("name", [file.stem for file in sorted((ROOT / FOLDER).glob("*.sql"))])
def test_a_lesson_leaves_the_table_that_it_copies_alone(lessons: Lessons, name: str) -> None:
    lessons.once(name)
    assert lessons.snapshots_of_the_fact() == lessons.snapshots_before


def test_a_version_that_is_gone_stops_a_lesson_in_one_sentence(lessons: Lessons, tmp_path: Path) -> None:
    good = lessons.compiled("snapshot_expiry")
    head, past = good.split("-- keep")[0], "select count(*) from fact for version as of 1234567890123456789"
    fact = f"{lessons.build.schema}_star.fct_sales_lines"
    broken = lessons.changed("snapshot_expiry", head + past.replace("fact", fact) + ";", tmp_path)
    ended = broken.command("snapshot_expiry", check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("error: Statement 4 of 4 of the lesson snapshot_expiry was refused (")
    assert "1234567890123456789" in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_lesson_that_is_no_longer_true_says_so(lessons: Lessons, tmp_path: Path) -> None:
    head = lessons.compiled("time_travel").split("-- The version")[0]
    ended = lessons.changed("time_travel", f"{head}-- refused\nselect 1 as one;", tmp_path).command("time_travel", check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("error: Statement 4 of 4 of the lesson time_travel should be refused, but this Athena took it")
    assert ended.stderr.count("\n") == 1
