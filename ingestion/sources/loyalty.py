"""The loyalty API: profiles, their events, campaigns and coupons, as Arrow tables of the promised columns."""

import hashlib
from collections.abc import Iterator
from datetime import datetime

import dlt
import pyarrow as pa
from dlt.extract import DltResource

from ingestion.loaders import timed
from ingestion.loaders.json_rows import to_arrow, types_of
from ingestion.loaders.rest_pages import PAGE, RestPages
from ingestion.raw_meta import SourceTotal
from ingestion.schemas import FROZEN, contracts
from ingestion.sources import UPSERT

CONTRACTS = contracts("loyalty")
PATHS = {resource: f"/v1/{resource.replace('_', '-')}" for resource in CONTRACTS}
Cursor = dlt.sources.incremental[datetime]

# Several rows change at one moment, so those of the last moment are fetched again: upserted, or for events dropped by their key.
CHANGED: Cursor = dlt.sources.incremental("updated_at", primary_key=())
OCCURRED: Cursor = dlt.sources.incremental("occurred_at")


@dlt.source(name="loyalty", schema_contract=FROZEN)
def loyalty(
    base_url: str = dlt.config.value, client_id: str = dlt.secrets.value, client_secret: str = dlt.secrets.value, workers: int = 4
) -> list[DltResource]:
    """The API's six resources (environment: SOURCES__LOYALTY__BASE_URL, …__CLIENT_ID, …__CLIENT_SECRET); `workers` pages at once."""
    api = RestPages(base_url, client_id, client_secret, workers)
    return [households(api), household_events(api), campaigns(api), campaign_memberships(api), coupons(api), redemptions(api)]


@dlt.resource(primary_key="household_id", write_disposition=UPSERT, columns=CONTRACTS["households"].hints)
def households(api: RestPages, updated_at: Cursor = CHANGED) -> Iterator[pa.Table]:
    """The current profile of each household, with its demographics where the grocer knows them."""
    yield from tables(api, "households", updated_at)


@dlt.resource(primary_key="event_id", write_disposition="append", columns=CONTRACTS["household_events"].hints)
def household_events(api: RestPages, occurred_at: Cursor = OCCURRED) -> Iterator[pa.Table]:
    """What happened to a household: append-only."""
    yield from tables(api, "household_events", occurred_at)


@dlt.resource(primary_key="campaign_id", write_disposition=UPSERT, columns=CONTRACTS["campaigns"].hints)
def campaigns(api: RestPages, updated_at: Cursor = CHANGED) -> Iterator[pa.Table]:
    """Mailings of coupons, with their type and days."""
    yield from tables(api, "campaigns", updated_at)


@dlt.resource(primary_key=("campaign_id", "household_id"), write_disposition=UPSERT, columns=CONTRACTS["campaign_memberships"].hints)
def campaign_memberships(api: RestPages, updated_at: Cursor = CHANGED) -> Iterator[pa.Table]:
    """Which household received which campaign."""
    yield from tables(api, "campaign_memberships", updated_at)


@dlt.resource(write_disposition="replace", columns=CONTRACTS["coupons"].hints)
def coupons(api: RestPages) -> Iterator[pa.Table]:
    """Which coupon is good for which product in which campaign, duplicates as they are: no key, no dates, so replaced whole if changed."""
    whole = pa.concat_tables(tables(api, "coupons")).combine_chunks()
    state, digest = dlt.current.source_state(), fingerprint(whole)
    if state.get("coupons") == digest:
        # dlt empties the table of a selected "replace" resource that yields nothing
        dlt.current.source().coupons.selected = False
        return
    state["coupons"] = digest
    yield whole


@dlt.resource(
    primary_key=("household_id", "coupon_upc", "campaign_id", "redemption_date"),
    write_disposition=UPSERT,
    columns=CONTRACTS["redemptions"].hints,
)
def redemptions(api: RestPages, updated_at: Cursor = CHANGED) -> Iterator[pa.Table]:
    """Which household used which coupon on which day."""
    yield from tables(api, "redemptions", updated_at)


def tables(api: RestPages, resource: str, cursor: Cursor | None = None) -> Iterator[pa.Table]:
    """A table a page; an empty one first when nothing was ever loaded, so that the table exists in raw from the start."""
    contract = CONTRACTS[resource]
    since = cursor.last_value if cursor else None
    if since is None:
        yield contract.arrow.empty_table()
    for number, page in enumerate(timed(api.pages(PATHS[resource], since)), 1):
        if page:
            yield to_arrow(contract.at(f"page {number} of {PATHS[resource]}"), page)


def fingerprint(table: pa.Table) -> str:
    """A digest of a table's content."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return hashlib.sha256(sink.getvalue()).hexdigest()


def source_totals(base_url: str, client_id: str, client_secret: str) -> dict[str, SourceTotal]:
    """Rows of each resource, as the API counts them."""
    api = RestPages(base_url, client_id, client_secret)
    return {resource: SourceTotal(api.total(path)) for resource, path in PATHS.items()}


def columns_now(base_url: str, client_id: str, client_secret: str) -> dict[str, dict[str, str]]:
    """The columns of each resource's first page with their types; none of a resource without rows."""
    api = RestPages(base_url, client_id, client_secret)
    pages = {resource: api.get(path, {"limit": PAGE})["data"] for resource, path in PATHS.items()}
    return {resource: types_of(CONTRACTS[resource], rows) for resource, rows in pages.items() if rows}
