"""The loyalty API: profiles, their events, campaigns and coupons, as Arrow tables of the promised columns."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from types import NoneType
from typing import Any

import dlt
import pyarrow as pa
import pyarrow.compute as pc
from dlt.extract import DltResource

from ingestion.loaders import spanned, timed
from ingestion.loaders.rest_pages import RestPages
from ingestion.raw_meta import RawKeys, SourceTotal
from ingestion.schemas import FROZEN, Column, Contract, contracts
from ingestion.sources import UPSERT, Days

CONTRACTS = contracts("loyalty")
PATHS = {resource: f"/v1/{resource.replace('_', '-')}" for resource in CONTRACTS}
JSON_TYPES = {int: "bigint", float: "double", str: "varchar", bool: "boolean", list: "list", dict: "struct"}
Cursor = dlt.sources.incremental[datetime]

# How far behind the newest row a load looks for rows that were committed late. Those that it has met before are upserted, or for events
# dropped by their key.
LAG = timedelta(days=3).total_seconds()
CHANGED: Cursor = dlt.sources.incremental("updated_at", primary_key=(), lag=LAG)
OCCURRED: Cursor = dlt.sources.incremental("occurred_at", primary_key=(), lag=LAG)


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
    changed = days.of("updated_at") if days else CHANGED
    occurred = days.of("occurred_at") if days else OCCURRED
    return [
        households(api, changed),
        household_events(api, raw_keys, occurred),
        campaigns(api, changed),
        campaign_memberships(api, changed),
        coupons(api, again=days is not None),
        redemptions(api, changed),
    ]


@dlt.resource(primary_key="household_id", write_disposition=UPSERT, columns=CONTRACTS["households"].hints)
def households(api: RestPages, updated_at: Cursor = CHANGED) -> Iterator[pa.Table]:
    """The current profile of each household, with its demographics where the grocer knows them."""
    yield from tables(api, "households", updated_at)


@dlt.resource(primary_key="event_id", write_disposition="append", columns=CONTRACTS["household_events"].hints)
def household_events(api: RestPages, raw_keys: RawKeys | None, occurred_at: Cursor = OCCURRED) -> Iterator[pa.Table]:
    """What happened to a household: append-only, so an event that raw has by its id never comes twice."""
    since = occurred_at.last_value
    held = raw_keys("loyalty.household_events", "event_id", "occurred_at", since)["event_id"] if raw_keys and since else None
    for table in tables(api, "household_events", occurred_at):
        yield table if held is None else table.filter(pc.invert(pc.is_in(table["event_id"], held)))


@dlt.resource(primary_key="campaign_id", write_disposition=UPSERT, columns=CONTRACTS["campaigns"].hints)
def campaigns(api: RestPages, updated_at: Cursor = CHANGED) -> Iterator[pa.Table]:
    """Mailings of coupons, with their type and days."""
    yield from tables(api, "campaigns", updated_at)


@dlt.resource(primary_key=("campaign_id", "household_id"), write_disposition=UPSERT, columns=CONTRACTS["campaign_memberships"].hints)
def campaign_memberships(api: RestPages, updated_at: Cursor = CHANGED) -> Iterator[pa.Table]:
    """Which household received which campaign."""
    yield from tables(api, "campaign_memberships", updated_at)


@dlt.resource(write_disposition="replace", columns=CONTRACTS["coupons"].hints)
def coupons(api: RestPages, again: bool = False) -> Iterator[pa.Table]:
    """Which coupon is good for which product in which campaign, duplicates as they are: no key, no dates, so replaced whole if changed.

    With `again` it is replaced whatever it is.
    """
    whole = pa.concat_tables(tables(api, "coupons")).combine_chunks()
    state, digest = dlt.current.source_state(), fingerprint(whole)
    if state.get("coupons") == digest and not again:
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
    for page in timed(api.pages(PATHS[resource], since)):
        if page:
            table = to_arrow(contract, page)
            if cursor:
                spanned(*pc.min_max(table[cursor.cursor_path]).as_py().values())
            yield table


def to_arrow(contract: Contract, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows of JSON as the promised columns; UserError that names a column which is new, gone, null or of another type."""
    promised = {column.name: column for column in contract.columns}
    found: dict[str, str] = {}
    arrays: dict[str, pa.Array] = {}
    for name in dict.fromkeys(name for row in rows for name in row):
        values = [row.get(name) for row in rows]
        arrays[name] = to_array(values, promised[name]) if name in promised else None
        found[name] = json_type(values) if arrays[name] is None else promised[name].type
    contract.check(found)
    for name, array in arrays.items():
        contract.check_nulls(name, array.null_count)
    return pa.table({name: arrays[name] for name in promised}, schema=contract.arrow)


def to_array(values: list[Any], column: Column) -> pa.Array | None:
    """JSON values as the promised type, None when one does not fit: Arrow alone would cut 1.5 to 1 and write 7 as '7'."""
    if not {type(value) for value in values} <= {int if column.type == "bigint" else str, NoneType}:
        return None
    try:
        # days and moments are ISO 8601 strings, and a moment has its offset
        zoned = pa.timestamp("us", "UTC") if column.type == "timestamp" else column.arrow
        return pa.array(values).cast(zoned).cast(column.arrow)
    except pa.ArrowInvalid:
        return None


def json_type(values: list[Any]) -> str:
    """What JSON values are, in the contract's words."""
    kinds = {type(value) for value in values} - {NoneType}
    return " or ".join(sorted(JSON_TYPES[kind] for kind in kinds)) or "null"


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
