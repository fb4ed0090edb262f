"""The grocer's clock: which local day it is, and what had happened by then. Source: the year 2017 of The Complete Journey."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from ingestion.errors import UserError

ZONE = ZoneInfo("America/New_York")
FIRST_DAY = date(2017, 1, 1)
LAST_DAY = date(2017, 12, 31)
FIRST_MONDAY = date(2017, 1, 2)


def parse_date(text: str) -> date:
    """A day of the year as YYYY-MM-DD; UserError for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UserError(f"'{text}' is not a date: write a day as YYYY-MM-DD, for example 2017-06-30.") from None
    return within_year(day)


def within_year(day: date) -> date:
    """The same day; UserError when the data does not reach it."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise UserError(f"{day} lies outside the data: choose a day from {FIRST_DAY} to {LAST_DAY}.")
    return day


def midnight(day: date) -> datetime:
    """The local midnight that begins `day`, as naive UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(UTC).replace(tzinfo=None)


def cutoff(until: date) -> datetime:
    """The local midnight that ends `until`, as naive UTC: whatever happened before it is visible."""
    return midnight(until + timedelta(days=1))


def visible_weeks(until: date) -> range:
    """The grocer's weeks that have begun by `until`: week 1 is 2017-01-01 alone, the others begin on Mondays."""
    return range(1, 2 + (until - FIRST_MONDAY).days // 7 + 1)
