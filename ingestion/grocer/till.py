"""The till's back office: every line ever sold, and the catalogue, in SQLite or PostgreSQL.

`transactions` is append-only: a later clock adds the rows between, in one transaction, and touches no other. `products` is whole from
the start, because the source dates no product. `grocer_clock` is the till's own note of whose it is and how far it has been filled; it
is written in the transaction of the rows, so that a till which was cut short is found as it was before.
"""

from datetime import date

import duckdb

from ingestion.connections import closing
from ingestion.extensions import literal
from ingestion.grocer import clock, data
from ingestion.grocer.till_databases import TillDatabase, not_in_use, transaction

# A line's sequence is its place in the whole year's log, whatever the clock and the subset: those before `since` are only counted.
APPEND = """
insert into till.transactions
with

earlier as (
    select count(*) as lines from source_transactions where transaction_timestamp < timestamp '{since}'
),

log as (
    select
        earlier.lines + row_number() over (order by transaction_timestamp, basket_id, product_id) as sequence,
        household_id,
        store_id,
        basket_id,
        product_id,
        quantity,
        cast(sales_value as decimal(12, 2)) as sales_value,
        cast(retail_disc as decimal(12, 2)) as retail_disc,
        cast(coupon_disc as decimal(12, 2)) as coupon_disc,
        cast(coupon_match_disc as decimal(12, 2)) as coupon_match_disc,
        week,
        transaction_timestamp,
        transaction_timestamp as recorded_at
    from source_transactions, earlier
    where transaction_timestamp >= timestamp '{since}' and transaction_timestamp < getvariable('cutoff')
)

select log.*
from log
semi join members using (household_id)
order by sequence
"""

CATALOGUE = """
insert into till.products
select
    product_id,
    manufacturer_id,
    department,
    brand,
    product_category,
    product_type,
    package_size,
    timestamp '{opening}' as updated_at
from source_products
order by product_id
"""

NOTE = "insert into till.grocer_clock values ({grocer_id}, date '{until}')"


def filled_until(database: TillDatabase, grocer_id: str) -> date | None:
    """The last day that the till holds, None when it is not this grocer's or not there; UserError when it cannot be reached."""
    with closing(duckdb.connect()) as connection, not_in_use(database):
        return database.open(connection, grocer_id)


def fill(database: TillDatabase, grocer_id: str, until: date, households: int | None) -> None:
    """Bring the till to the clock: the rows since its own clock, or all of it when it is not this grocer's yet.

    UserError when the database cannot be reached, is busy, or holds something that is not a till.
    """
    with data.connect(until, households) as connection, not_in_use(database):
        since = database.open(connection, grocer_id)
        opening = clock.midnight(clock.FIRST_DAY)
        with transaction(connection) if since else database.new(connection):
            connection.execute(APPEND.format(since=clock.cutoff(since) if since else opening))
            if not since:
                connection.execute(CATALOGUE.format(opening=opening))
            connection.execute(NOTE.format(grocer_id=literal(grocer_id), until=until))
