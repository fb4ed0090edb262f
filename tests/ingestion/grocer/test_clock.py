"""The clock: which days it takes, and that no system shows anything later than it."""

from datetime import date, datetime
from pathlib import Path

import pytest

from ingestion.errors import UserError
from ingestion.grocer import clock
from tests.ingestion.grocer.support import MID_YEAR, YEAR_END, Client, Home, contents


@pytest.mark.parametrize("text", ["yesterday", "2017-02-30", "30.06.2017", ""])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="is not a date: write a day as YYYY-MM-DD"):
        clock.parse_date(text)


@pytest.mark.parametrize("text", ["2016-12-31", "2018-01-01"])
def test_days_outside_the_year_are_refused(text: str) -> None:
    with pytest.raises(UserError, match="lies outside the data: choose a day from 2017-01-01 to 2017-12-31"):
        clock.parse_date(text)


@pytest.mark.parametrize(
    ("day", "first_hidden_moment"),
    [
        ("2017-01-01", "2017-01-02 05:00"),
        ("2017-03-11", "2017-03-12 05:00"),  # the night to daylight saving time begins after this midnight
        ("2017-03-12", "2017-03-13 04:00"),
        ("2017-11-04", "2017-11-05 04:00"),
        ("2017-11-05", "2017-11-06 05:00"),
        ("2017-12-31", "2018-01-01 05:00"),
    ],
)
def test_cutoff_is_the_local_midnight_that_ends_the_day(day: str, first_hidden_moment: str) -> None:
    assert clock.cutoff(date.fromisoformat(day)) == datetime.fromisoformat(first_hidden_moment)


@pytest.mark.parametrize(("day", "weeks"), [("2017-01-01", 1), ("2017-01-02", 2), ("2017-01-08", 2), ("2017-01-09", 3), ("2017-12-31", 53)])
def test_a_week_is_visible_from_its_first_day(day: str, weeks: int) -> None:
    assert clock.visible_weeks(date.fromisoformat(day)) == range(1, weeks + 1)


def test_nothing_later_than_the_clock_and_moving_forward_equals_starting_there(home: Home, client: Client) -> None:
    grocer = home.up(MID_YEAR)
    early = contents(grocer)
    assert early.pop("products")[0][0] == 92_331
    assert {name: len(rows) for name, rows in early.items()} == {
        "transactions": 29_361,
        "promotions": 116_233,
        "households": 97,
        "household-events": 237,
        "campaigns": 14,
        "campaign-memberships": 120,
        "coupons": 32_422,
        "redemptions": 36,
    }
    cutoff = grocer.cutoff
    assert cutoff == datetime(2017, 7, 1, 4)
    assert max(row[-1] for row in early["transactions"]) < str(cutoff)
    for name in ("households", "household-events", "campaigns", "campaign-memberships", "redemptions"):
        moment = "occurred_at" if name == "household-events" else "updated_at"
        assert max(row[moment] for row in early[name]) < f"{cutoff:%Y-%m-%dT%H:%M:%SZ}", name
    assert max(row[-1] for row in early["promotions"]) == 27
    files = {file.name: file.stat().st_mtime_ns for file in Path(grocer.drops).iterdir()}

    moved = home.up(YEAR_END)
    assert contents(moved) == contents(client.grocer)
    assert moved.client_secret == grocer.client_secret
    assert moved.loyalty_url == grocer.loyalty_url
    assert {name: (Path(moved.drops) / name).stat().st_mtime_ns for name in files} == files, "old drops are not written again"
    with pytest.raises(UserError, match=r"stands at 2017-12-31 and cannot go back to 2017-06-30: run `make reset`"):
        home.up(MID_YEAR)
    assert home.running() == moved, "a refused move leaves the grocer as it was"
