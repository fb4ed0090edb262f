"""The promotion drops: one Parquet file a week, which appears on the week's first day and never changes.

A file is written aside and renamed, so it is there whole or not at all; only missing ones are written.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from ingestion.grocer import clock


def file_of_week(folder: Path, week: int) -> Path:
    """Where a week's file appears: columns product_id, store_id, display_location, mailer_location, week."""
    return folder / f"promotions_2017_w{week:02d}.parquet"


def missing_weeks(folder: Path, until: date) -> list[int]:
    """The weeks that have begun and have no file yet."""
    return [week for week in clock.visible_weeks(until) if not file_of_week(folder, week).exists()]


def fill(folder: Path, until: date, households: int | None, advance: Callable[[int], None]) -> None:
    """Write the missing files of the weeks that have begun; `advance` is called with 1 for each."""
    import pyarrow.parquet as pq  # a third of a second: only when something is to be written

    from ingestion.grocer import promotions

    weeks = set(missing_weeks(folder, until))
    if not weeks:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for week, rows in promotions.by_week(until, households):
        if week in weeks:
            file = file_of_week(folder, week)
            aside = file.with_name(f".{file.name}.writing")
            # Without Arrow's schema in the file its text is plain text to every reader, though it is written from dictionaries.
            pq.write_table(rows, aside, store_schema=False)
            aside.replace(file)
            advance(1)
        if week == max(weeks):
            break
