"""Faults in the data itself, at each source: what a broken till, API or file would bring into raw."""

from dataclasses import dataclass

import duckdb

from tests.mutation.built import Built, Endless, Killed
from tests.mutation.mutants import ENDLESS, EQUIVALENT, KILLED, SURVIVED, Verdict

FIRST = "rowid = (select min(rowid) from raw.{table})"
KEYS = {
    "raw_pos.transactions": "sequence",
    "raw_pos.products": "product_id",
    "raw_loyalty.households": "household_id",
    "raw_loyalty.household_events": "event_id",
    "raw_loyalty.campaigns": "campaign_id",
    "raw_loyalty.campaign_memberships": "household_id",
    "raw_loyalty.coupons": "coupon_upc",
    "raw_loyalty.redemptions": "household_id",
    "raw_promotions.promotions": "store_id",
}
OF_ALL = {
    "duplicate": "insert into raw.{table} select * from raw.{table} where {first}",
    "null key": "update raw.{table} set {key} = null where {first}",
    "truncated": "delete from raw.{table} where rowid > (select max(rowid) * 0.9 from raw.{table})",
}
OF_ONE = (
    ("raw_pos.transactions", "negative amount", "update raw.{table} set sales_value = -1 where {first}"),
    ("raw_pos.transactions", "negative quantity", "update raw.{table} set quantity = -1 where {first}"),
    ("raw_pos.transactions", "a cent", "update raw.{table} set sales_value = sales_value + 0.01 where {first}"),
    ("raw_pos.transactions", "unknown household", "update raw.{table} set household_id = 999999 where {first}"),
    ("raw_pos.transactions", "unknown product", "update raw.{table} set product_id = 1 where {first}"),
    ("raw_pos.transactions", "after the clock", "update raw.{table} set transaction_timestamp = '2019-01-01' where {first}"),
    ("raw_pos.transactions", "another week", "update raw.{table} set week = week + 1 where {first}"),
    ("raw_pos.transactions", "another time zone", "update raw.{table} set transaction_timestamp = transaction_timestamp - interval 5 hour"),
    ("raw_pos.products", "unknown brand", "update raw.{table} set brand = 'Nobody' where {first}"),
    ("raw_loyalty.households", "unknown tier", "update raw.{table} set tier = 'lead' where {first}"),
    (
        "raw_loyalty.households",
        "tier unlike its events",
        "update raw.{table} set tier = case tier when 'gold' then 'bronze' else 'gold' end",
    ),
    ("raw_loyalty.household_events", "unknown event", "update raw.{table} set event_type = 'left' where {first}"),
    ("raw_loyalty.campaigns", "ends before it begins", "update raw.{table} set end_date = start_date - 1 where {first}"),
    ("raw_loyalty.campaign_memberships", "unknown campaign", "update raw.{table} set campaign_id = 999 where {first}"),
    ("raw_pos.transactions", "recorded late", "update raw.{table} set recorded_at = recorded_at - interval 40 day where {first}"),
    ("raw_loyalty.household_events", "unknown household", "update raw.{table} set household_id = 999999 where {first}"),
    ("raw_loyalty.household_events", "after the clock", "update raw.{table} set occurred_at = '2019-01-01' where {first}"),
    ("raw_loyalty.campaign_memberships", "unknown household", "update raw.{table} set household_id = 999999 where {first}"),
    ("raw_loyalty.redemptions", "unknown coupon", "update raw.{table} set coupon_upc = '99999999999' where {first}"),
    ("raw_loyalty.redemptions", "after the clock", "update raw.{table} set redemption_date = '2019-01-01' where {first}"),
    ("raw_promotions.promotions", "unknown product", "update raw.{table} set product_id = 1 where {first}"),
    ("raw_promotions.promotions", "unknown store", "update raw.{table} set store_id = 999999 where {first}"),
    ("raw_loyalty.coupons", "unknown product", "update raw.{table} set product_id = 1 where {first}"),
    ("raw_loyalty.redemptions", "not addressed", "update raw.{table} set campaign_id = campaign_id % 27 + 1 where {first}"),
    ("raw_promotions.promotions", "unknown place", "update raw.{table} set display_location = '?' where {first}"),
    ("raw_promotions.promotions", "week of no calendar", "update raw.{table} set week = 99 where {first}"),
)


@dataclass(frozen=True)
class DataFault:
    """A statement on one table of raw."""

    table: str
    name: str
    sql: str


def data_faults() -> list[DataFault]:
    """Every fault of every table."""
    found = [(table, name, sql) for table in KEYS for name, sql in OF_ALL.items()] + list(OF_ONE)
    return [DataFault(table, name, sql.format(table=table, key=KEYS[table], first=FIRST.format(table=table))) for table, name, sql in found]


def suffered(built: Built, fault: DataFault) -> Verdict:
    """Put the fault into raw, build what changes and run the tests; raw is then as before."""

    def verdict(outcome: str, by: str = "") -> Verdict:
        return Verdict("raw", fault.table, "data", fault.name, outcome, by)

    built.connection.execute(f"create or replace table raw.main.before as from raw.{fault.table}")
    try:
        built.connection.execute(fault.sql)
        source = "source.aisle." + fault.table.removeprefix("raw_")
        with built.undone():
            built.check({source}, set(built.project.models))
            changed = built.rebuilt({source})
        return verdict(SURVIVED if len(changed) > 1 else EQUIVALENT)
    except Killed as test:
        return verdict(KILLED, str(test))
    except Endless:
        return verdict(ENDLESS)
    except duckdb.Error as error:
        return verdict(KILLED, f"the build: {str(error).splitlines()[0][:80]}")
    finally:
        built.connection.execute(f"create or replace table raw.{fault.table} as from raw.main.before")
