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
