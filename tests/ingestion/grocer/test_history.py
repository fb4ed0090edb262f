"""The derived history, against a computation of its own in plain Python, and the rules that it promises."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas
import pytest

from ingestion.grocer import data, history
from tests.ingestion.grocer.support import MID_YEAR, YEAR_END, Client

ZONE = ZoneInfo("America/New_York")
Event = tuple[int, str, str, int | None, str | None]


@pytest.fixture(scope="module")
def events(client: Client) -> list[Event]:
    """The service's events of the first 100 households: household, type, moment, store, tier."""
    return [tuple(event.values())[1:] for event in client.walk("household-events")]


@pytest.fixture(scope="module")
def receipts() -> dict[int, list[tuple[datetime, int, int, Decimal]]]:
    """(moment, basket, store, spent) of each of the first 100 households' receipts, in order."""
    lines = pandas.read_parquet(data.parquet("transactions"))
    members = sorted(lines["household_id"].unique())[:100]
    lines = lines[lines["household_id"].isin(members)]
    found: dict[int, list[tuple[datetime, int, int, Decimal]]] = defaultdict(list)
    keys = ["household_id", "transaction_timestamp", "basket_id", "store_id"]
    for (household, moment, basket, store), amounts in lines.groupby(keys)["sales_value"]:
        spent = sum((Decimal(f"{amount:.2f}") for amount in amounts), Decimal(0))
        found[int(household)].append((moment.to_pydatetime().replace(tzinfo=UTC), int(basket), int(store), spent))
    return found


def derived(household: int, receipts: list[tuple[datetime, int, int, Decimal]]) -> list[Event]:
    """The household's events as `history` words the rules, one month after the other."""
    moment, _, store, _ = min(receipts)
    tier = "bronze"
    events: list[Event] = [(household, "enrolled", f"{moment:%Y-%m-%dT%H:%M:%SZ}", store, tier)]
    for month in range(2, 13):
        midnight = datetime(2017, month, 1, tzinfo=ZONE)
        opening = datetime.combine(midnight.date() - timedelta(days=90), datetime.min.time(), ZONE)
        if midnight <= moment:
            continue
        stores: dict[int, list[Decimal]] = defaultdict(list)
        for sold_at, _, sold_in, spent in receipts:
            if opening <= sold_at < midnight:
                stores[sold_in].append(spent)
        new_store = min(stores, key=lambda found: (-sum(stores[found]), -len(stores[found]), found), default=store)
        spent = sum(map(sum, stores.values()))
        new_tier = "gold" if spent >= 750 else "silver" if spent >= 300 else "bronze"
        occurred_at = f"{midnight.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        if new_store != store:
            events.append((household, "home_store_changed", occurred_at, new_store, None))
        if new_tier != tier:
            events.append((household, "tier_changed", occurred_at, None, new_tier))
        store, tier = new_store, new_tier
    return events


def test_events_equal_a_computation_in_plain_python(events: list[Event], receipts: dict[int, list]) -> None:
    expected = [event for household, found in receipts.items() for event in derived(household, found)]
    assert len(expected) == 387
    assert sorted(events, key=lambda event: event[:3]) == sorted(expected, key=lambda event: event[:3])


def test_profiles_are_the_latest_events(client: Client, events: list[Event]) -> None:
    latest: dict[int, dict[str, object]] = defaultdict(dict)
    for household, event_type, occurred_at, store, tier in events:
        if event_type == "enrolled":
            latest[household]["enrolled_at"] = occurred_at
        latest[household] |= {"updated_at": occurred_at}
        latest[household] |= {"home_store_id": store} if store else {}
        latest[household] |= {"tier": tier} if tier else {}
    shown = {
        row["household_id"]: {name: row[name] for name in ("enrolled_at", "home_store_id", "tier", "updated_at")}
        for row in client.walk("households")
    }
    assert shown == latest


def test_demographics_are_the_sources_own(client: Client) -> None:
    source = pandas.read_parquet(data.parquet("demographics")).astype(object)
    expected = {row["household_id"]: row for row in source.where(source.notna(), None).to_dict("records")}
    shown = client.walk("households")
    names = [name for name in source.columns if name != "household_id"]
    unknown = dict.fromkeys(names)
    assert sum(row["household_id"] in expected for row in shown) > 20
    for row in shown:
        told = expected.get(row["household_id"], unknown)
        assert {name: row[name] for name in names} == {name: told[name] for name in names}


def test_an_event_keeps_its_number_at_every_clock_and_in_every_subset() -> None:
    def rows(until: date, households: int | None) -> list[tuple]:
        with data.connect(until, households) as connection:
            history.create(connection)
            return connection.execute("from household_events order by event_id").fetchall()

    whole = rows(YEAR_END, None)
    assert len(whole) == 9_609
    assert [row[0] for row in whole] == list(range(1, 9_610))
    assert all((before[3], before[1], before[2]) < (after[3], after[1], after[2]) for before, after in pairwise(whole))
    for until, households in ((MID_YEAR, None), (YEAR_END, 100)):
        part = rows(until, households)
        assert part
        assert set(part) < set(whole), (until, households)


def test_tier_limits_come_from_the_seed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seed = tmp_path / "tiers.csv"
    seed.write_text("tier,minimum_spend_amount\nplain,0\nbest,1000000\n")
    monkeypatch.setattr(history, "TIERS", seed)
    with data.connect(YEAR_END, 10) as connection:
        history.create(connection)
        assert connection.execute("select distinct tier from households").fetchall() == [("plain",)]


def history_of(*receipts: tuple[str, int, str]) -> list[tuple[str, str, int | None, str | None]]:
    """The events of a household with these receipts (UTC moment, store, amount): moment, type, store, tier."""
    values = ", ".join(
        f"(1, {store}, {basket}, 1, 1, cast('{amount}' as double), 0.0, 0.0, 0.0, 1, timestamp '{moment}')"
        for basket, (moment, store, amount) in enumerate(receipts)
    )
    with data.connect(YEAR_END, 1) as connection:
        columns = [name for name, *_ in connection.execute("describe source_transactions").fetchall()]
        connection.execute(f"create or replace view source_transactions as select * from (values {values}) as lines ({', '.join(columns)})")
        history.create(connection)
        found = "select strftime(occurred_at, '%m-%d %H:%M'), event_type, home_store_id, tier from household_events order by event_id"
        return connection.execute(found).fetchall()


ENROLLED = ("01-05 12:00", "enrolled", 10, "bronze")


def test_a_first_receipt_enrols_and_changes_nothing_else() -> None:
    assert history_of(("2017-01-05 12:00", 10, "5.00"), ("2017-01-06 12:00", 10, "5.00")) == [ENROLLED]


def test_equal_spending_goes_to_the_store_with_more_receipts_then_to_the_lower_id() -> None:
    first = ("2017-01-05 12:00", 10, "1.00")
    more_receipts = [first, ("2017-01-06", 9, "8.00"), ("2017-01-07", 20, "4.00"), ("2017-01-08", 20, "4.00")]
    assert history_of(*more_receipts)[1] == ("02-01 05:00", "home_store_changed", 20, None)
    lower_id = [first, ("2017-01-06", 20, "8.00"), ("2017-01-07", 9, "8.00")]
    assert history_of(*lower_id)[1] == ("02-01 05:00", "home_store_changed", 9, None)


@pytest.mark.parametrize(("amount", "tier"), [("299.99", None), ("300.00", "silver"), ("749.99", "silver"), ("750.00", "gold")])
def test_a_limit_belongs_to_its_tier(amount: str, tier: str | None) -> None:
    events = history_of(("2017-01-05 12:00", 10, amount))
    assert events[1:2] == ([("02-01 05:00", "tier_changed", None, tier)] if tier else [])


def test_the_window_begins_with_a_local_midnight_and_ends_before_one() -> None:
    """Ninety days before May 1 is January 31: what was bought there just before the midnight counts until April only."""
    inside = history_of(("2017-01-05 12:00", 10, "1.00"), ("2017-01-31 05:00", 10, "400.00"))
    assert inside[1:] == [("02-01 05:00", "tier_changed", None, "silver"), ("06-01 04:00", "tier_changed", None, "bronze")]
    outside = history_of(("2017-01-05 12:00", 10, "1.00"), ("2017-01-31 04:59:59", 10, "400.00"))
    assert outside[1:] == [("02-01 05:00", "tier_changed", None, "silver"), ("05-01 04:00", "tier_changed", None, "bronze")]
    at_midnight = history_of(("2017-01-05 12:00", 10, "1.00"), ("2017-02-01 05:00", 10, "400.00"))
    assert at_midnight[1] == ("03-01 05:00", "tier_changed", None, "silver")


def test_without_receipts_the_store_stays_and_the_tier_falls() -> None:
    events = history_of(("2017-01-05 12:00", 10, "1.00"), ("2017-01-06 12:00", 20, "800.00"))
    assert events == [
        ENROLLED,
        ("02-01 05:00", "home_store_changed", 20, None),
        ("02-01 05:00", "tier_changed", None, "gold"),
        ("05-01 04:00", "tier_changed", None, "bronze"),
    ]
