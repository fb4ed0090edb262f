"""What the API serves: each resource's rows at the clock, prepared once, in order, as JSON text."""

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import duckdb
from pydantic import BaseModel

from ingestion.grocer import data, history
from ingestion.grocer.loyalty import schemas

VISIBLE_CAMPAIGNS = """
create view visible_campaigns as
select
    campaign_id,
    campaign_type,
    cast(start_date as date) as start_date,
    cast(end_date as date) as end_date,
    utc_midnight(start_date) as updated_at
from source_campaign_descriptions
where utc_midnight(start_date) < getvariable('cutoff')
"""


@dataclass(frozen=True)
class Resource:
    """A resource's definition. `sql` gives the columns of `row` and of `order`; `moment` is what `updated_since` looks at.

    `order` makes each row's place one of its own, so that a cursor names it: first what dates the row, so that a later clock only adds
    places behind, then the key. `moment` is the first column of `order`, None where the API does not tell when a row changed.
    """

    name: str
    row: type[BaseModel]
    sql: str
    moment: str | None
    order: tuple[str, ...]


RESOURCES = (
    Resource("households", schemas.Household, "from households", "updated_at", ("updated_at", "household_id")),
    Resource("household-events", schemas.HouseholdEvent, "from household_events", "occurred_at", ("occurred_at", "event_id")),
    Resource("campaigns", schemas.Campaign, "from visible_campaigns", "updated_at", ("updated_at", "campaign_id")),
    Resource(
        "campaign-memberships",
        schemas.CampaignMembership,
        """
        select
            received.campaign_id,
            received.household_id,
            greatest(visible_campaigns.updated_at, enrolments.enrolled_at) as updated_at
        from source_campaigns as received
        semi join members using (household_id)
        inner join visible_campaigns using (campaign_id)
        inner join enrolments using (household_id)
        where enrolments.enrolled_at < getvariable('cutoff')
        """,
        "updated_at",
        ("updated_at", "campaign_id", "household_id"),
    ),
    Resource(
        "coupons",
        schemas.Coupon,
        """
        select
            cast(coupon_upc as varchar) as coupon_upc,
            product_id,
            campaign_id,
            visible_campaigns.updated_at as campaign_began_at,
            row_number() over (partition by coupon_upc, product_id, campaign_id) as duplicate
        from source_coupons
        inner join visible_campaigns using (campaign_id)
        """,
        None,
        ("campaign_began_at", "campaign_id", "coupon_upc", "product_id", "duplicate"),
    ),
    Resource(
        "redemptions",
        schemas.Redemption,
        """
        select
            household_id,
            cast(coupon_upc as varchar) as coupon_upc,
            campaign_id,
            cast(redemption_date as date) as redemption_date,
            utc_midnight(redemption_date) as updated_at
        from source_coupon_redemptions
        semi join members using (household_id)
        where utc_midnight(redemption_date) < getvariable('cutoff')
        """,
        "updated_at",
        ("updated_at", "household_id", "coupon_upc", "campaign_id"),
    ),
)


TIMESTAMP_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class Prepared:
    """A resource's rows at a clock: `rows[i]` is a JSON object, `places[i]` its place in the order."""

    resource: Resource
    rows: list[bytes]
    places: list[tuple[Any, ...]]

    @cached_property
    def digest(self) -> bytes:
        """Of all rows."""
        return hashlib.blake2b(b",".join(self.rows), digest_size=12).digest()


def prepare(until: date, households: int | None) -> dict[str, Prepared]:
    """Every resource by name, as it was at the clock."""
    with data.connect(until, households) as connection:
        history.create(connection)
        connection.execute(VISIBLE_CAMPAIGNS)
        return {resource.name: _prepare(connection, resource) for resource in RESOURCES}


def _prepare(connection: duckdb.DuckDBPyConnection, resource: Resource) -> Prepared:
    connection.execute(f"create or replace view resource as {resource.sql}")
    types = {name: kind for name, kind, *_ in connection.execute("describe resource").fetchall()}

    def shown(name: str) -> str:
        return f"strftime({name}, '{TIMESTAMP_FORMAT}')" if types[name] == "TIMESTAMP" else name

    fields = ", ".join(f"{name} := {shown(name)}" for name in resource.row.model_fields)
    places = ", ".join(f"{shown(name)} as place_{number}" for number, name in enumerate(resource.order))
    found = connection.execute(
        f"select to_json(struct_pack({fields})), {places} from resource order by {', '.join(resource.order)}"
    ).fetchall()
    return Prepared(resource, [row[0].encode() for row in found], [row[1:] for row in found])
