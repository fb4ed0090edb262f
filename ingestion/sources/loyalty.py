"""The loyalty API: profiles, their events, campaigns and coupons, as Arrow tables of the promised columns."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import dlt
import pyarrow as pa
import pyarrow.compute as pc
from dlt.extract import DltResource

from ingestion.loaders import counted, spanned, timed
from ingestion.loaders.json_rows import to_arrow, types_of
from ingestion.loaders.rest_pages import PAGE, Listing, RestPages
from ingestion.raw_meta import RawKeys, SourceTotal
from ingestion.schemas import FROZEN, contracts
from ingestion.sources import UPSERT, Days

CONTRACTS = contracts("loyalty")
PATHS = {resource: f"/v1/{resource.replace('_', '-')}" for resource in CONTRACTS}
KEYS = {
    "households": ["household_id"],
    "household_events": ["event_id"],
    "campaigns": ["campaign_id"],
    "campaign_memberships": ["campaign_id", "household_id"],
    "redemptions": ["household_id", "coupon_upc", "campaign_id", "redemption_date"],
}
Cursor = dlt.sources.incremental[datetime]

# Rows may be committed a day after their moment. So the last day is fetched again: upserted, or for events compared with the ids in raw.
LAG = timedelta(days=1)
CHANGED: Cursor = dlt.sources.incremental("updated_at", lag=LAG.total_seconds())
LATE: Cursor = dlt.sources.incremental("occurred_at", lag=LAG.total_seconds())
OCCURRED: Cursor = dlt.sources.incremental("occurred_at")


@dlt.source(name="loyalty", schema_contract=FROZEN)
def loyalty(
    base_url: str = dlt.config.value,
    client_id: str = dlt.secrets.value,
    client_secret: str = dlt.secrets.value,
    workers: int = 4,
    days: Days | None = None,
    raw_keys: RawKeys | None = None,
) -> list[DltResource]:
    """The API's six resources (environment: SOURCES__LOYALTY__BASE_URL, …__CLIENT_ID, …__CLIENT_SECRET); `workers` pages at once.

    Of some days only, when they are given. With `raw_keys`, which tells what raw holds, events that were published late are looked for.
    """
    api = RestPages(base_url, client_id, client_secret, workers)
    since = days.of("updated_at") if days else CHANGED
    happened = days.of("occurred_at") if days else (LATE if raw_keys else OCCURRED)
    return [
        households(api, since),
        household_events(api, raw_keys, happened),
        campaigns(api, since),
        campaign_memberships(api, since),
        coupons(api, again=days is not None),
        redemptions(api, since),
    ]


@dlt.resource(primary_key=KEYS["households"], write_disposition=UPSERT, columns=CONTRACTS["households"].hints)
def households(api: RestPages, updated_at: Cursor = CHANGED) -> Iterator[pa.Table]:
    """The current profile of each household, with its demographics where the grocer knows them."""
    yield changed(api, "households", updated_at)


@dlt.resource(primary_key=KEYS["household_events"], write_disposition="append", columns=CONTRACTS["household_events"].hints)
def household_events(api: RestPages, raw_keys: RawKeys | None = None, occurred_at: Cursor = OCCURRED) -> Iterator[pa.Table]:
    """What happened to a household: append-only, so an event that raw has by its id never comes twice."""
    since = occurred_at.last_value
    events = changed(api, "household_events", occurred_at)
    if raw_keys and since:
        held = raw_keys("loyalty.household_events", "event_id", "occurred_at", since)
        events = events.filter(pc.invert(pc.is_in(events["event_id"], held["event_id"])))
    yield events


@dlt.resource(primary_key=KEYS["campaigns"], write_disposition=UPSERT, columns=CONTRACTS["campaigns"].hints)
def campaigns(api: RestPages, updated_at: Cursor = CHANGED) -> Iterator[pa.Table]:
    """Mailings of coupons, with their type and days."""
    yield changed(api, "campaigns", updated_at)


@dlt.resource(primary_key=KEYS["campaign_memberships"], write_disposition=UPSERT, columns=CONTRACTS["campaign_memberships"].hints)
def campaign_memberships(api: RestPages, updated_at: Cursor = CHANGED) -> Iterator[pa.Table]:
    """Which household received which campaign."""
    yield changed(api, "campaign_memberships", updated_at)


@dlt.resource(write_disposition="replace", columns=CONTRACTS["coupons"].hints)
def coupons(api: RestPages, again: bool = False) -> Iterator[pa.Table]:
    """Which coupon is good for which product in which campaign, duplicates as they are: no key, no dates, so replaced whole if changed.

    With `again` it is replaced whether it has changed or not.
    """
    path, state = PATHS["coupons"], dlt.current.source_state()
    listing = api.listing(path, etag="" if again else state.get("coupons", ""))
    if listing is None:
        # dlt empties the table of a selected "replace" resource that yields nothing
        dlt.current.source().coupons.selected = False
        return
    while (whole := fetched(api, "coupons", listing)).num_rows != listing.total:
        api.changed_meanwhile(path)
        listing = api.listing(path)
    state["coupons"] = listing.etag
    yield whole


@dlt.resource(primary_key=KEYS["redemptions"], write_disposition=UPSERT, columns=CONTRACTS["redemptions"].hints)
def redemptions(api: RestPages, updated_at: Cursor = CHANGED) -> Iterator[pa.Table]:
    """Which household used which coupon on which day."""
    yield changed(api, "redemptions", updated_at)


def changed(api: RestPages, resource: str, cursor: Cursor) -> pa.Table:
    """What changed since the cursor less its lag, one row a key; everything when nothing was ever loaded."""
    listing = api.listing(PATHS[resource], cursor.last_value)
    rows = newest(fetched(api, resource, listing), KEYS[resource], cursor.cursor_path)
    spanned(*pc.min_max(rows[cursor.cursor_path]).as_py().values())
    return rows


def fetched(api: RestPages, resource: str, listing: Listing) -> pa.Table:
    """The rows of all pages of a listing."""
    contract = CONTRACTS[resource]
    pages = [
        to_arrow(contract.at(f"page {number} of {listing.path}"), page) for number, page in enumerate(timed(api.pages(listing)), 1) if page
    ]
    counted("retries", api.patience.retries())
    try:
        return pa.concat_tables([contract.arrow.empty_table(), *pages], promote_options="permissive").combine_chunks()
    except pa.ArrowTypeError as error:
        raise contract.broken(f"a new column is of one type on one page and of another on the next ({error})") from None


def newest(rows: pa.Table, key: list[str], moment: str) -> pa.Table:
    """One row a key, the one with the latest moment: a row that changes while pages are fetched stands on two of them."""
    ordered = rows.sort_by(moment)
    places = ordered.append_column("place", pa.array(range(len(ordered)))).group_by(key).aggregate([("place", "max")])
    return ordered.take(places["place_max"])


def source_totals(base_url: str, client_id: str, client_secret: str) -> dict[str, SourceTotal]:
    """Rows of each resource, as the API counts them."""
    api = RestPages(base_url, client_id, client_secret)
    return {resource: SourceTotal(api.total(path)) for resource, path in PATHS.items()}


def columns_now(base_url: str, client_id: str, client_secret: str) -> dict[str, dict[str, str]]:
    """The columns of each resource's first page with their types; none of a resource without rows."""
    api = RestPages(base_url, client_id, client_secret)
    pages = {resource: api.get(path, {"limit": PAGE})[0]["data"] for resource, path in PATHS.items()}
    return {resource: types_of(CONTRACTS[resource], rows) for resource, rows in pages.items() if rows}
