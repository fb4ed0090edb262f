"""The households' history, derived from dated facts: what a loyalty system would have written down over the year.

A household enrols with its first receipt, in that receipt's store and in the lowest tier. At each local midnight that ends a month
its trailing 90 days are looked at: its home store is where it spent most (ties: most receipts, then the lowest id; no receipt: as
before), its tier follows from what it spent by the limits of `seeds/household_tiers.csv`. Each change is an event.

Everything is computed for all households and the whole year, whatever the clock and the subset, so that an event has one id for good.
"""

import duckdb

from ingestion import settings
from ingestion.extensions import literal

WINDOW_DAYS = 90
TIERS = settings.ROOT / "seeds" / "household_tiers.csv"

ENROLMENTS = """
create table receipts as
select
    household_id,
    store_id,
    basket_id,
    transaction_timestamp as sold_at,
    sum(cast(sales_value as decimal(12, 2))) as spent
from source_transactions
group by all;

create table enrolments as
select
    household_id,
    min(sold_at) as enrolled_at,
    arg_min(store_id, (sold_at, basket_id)) as home_store_id
from receipts
group by household_id;
"""

EVALUATIONS = f"""
create table evaluations as
with

month_ends as (
    select unnest(generate_series(timestamp '2017-02-01', timestamp '2017-12-01', interval 1 month)) as local_midnight
),

due as (
    select household_id, local_midnight, utc_midnight(local_midnight) as occurred_at
    from enrolments, month_ends
    where enrolled_at < utc_midnight(local_midnight)
),

local_receipts as (
    select *, local_time(sold_at) as sold_local_at from receipts
),

spending_by_store as (
    select household_id, local_midnight, store_id, sum(spent) as spent, count(*) as receipts
    from local_receipts
    inner join month_ends on sold_local_at < local_midnight and sold_local_at >= local_midnight - interval {WINDOW_DAYS} day
    group by all
),

spending as (
    select
        household_id,
        local_midnight,
        sum(spent) as spent,
        arg_min(store_id, (-spent, -receipts, store_id)) as home_store_id
    from spending_by_store
    group by all
)

select
    due.household_id,
    due.occurred_at,
    spending.home_store_id,
    coalesce(spending.spent, 0) as spent
from due
left join spending using (household_id, local_midnight);
"""

EVENTS = """
create table all_events as
with

-- A household's states in order: the enrolment, then every month's end.
states as (
    select household_id, enrolled_at as occurred_at, home_store_id, 0 as spent, true as is_enrolment from enrolments
    union all
    select household_id, occurred_at, home_store_id, spent, false from evaluations
),

with_tier as (
    select states.*, tiers.tier
    from states
    asof join tiers on states.spent >= tiers.minimum_spend_amount
),

filled as (
    select
        * replace (last_value(home_store_id ignore nulls) over household_so_far as home_store_id)
    from with_tier
    window household_so_far as (
        partition by household_id order by occurred_at rows between unbounded preceding and current row
    )
),

compared as (
    select
        *,
        lag(home_store_id) over household as previous_store_id,
        lag(tier) over household as previous_tier
    from filled
    window household as (partition by household_id order by occurred_at)
),

events as (
    select household_id, 'enrolled' as event_type, occurred_at, home_store_id, tier from compared where is_enrolment
    union all
    select household_id, 'home_store_changed', occurred_at, home_store_id, null from compared where home_store_id != previous_store_id
    union all
    select household_id, 'tier_changed', occurred_at, null, tier from compared where tier != previous_tier
)

select row_number() over (order by occurred_at, household_id, event_type) as event_id, * from events;

create view household_events as
select all_events.*
from all_events
semi join members using (household_id)
where occurred_at < getvariable('cutoff');
"""

PROFILES = """
create view households as
with

latest as (
    select
        household_id,
        min(occurred_at) as enrolled_at,
        arg_max(home_store_id, occurred_at) as home_store_id,
        arg_max(tier, occurred_at) as tier,
        max(occurred_at) as updated_at
    from household_events
    group by household_id
)

select
    latest.household_id,
    latest.enrolled_at,
    latest.home_store_id,
    latest.tier,
    demographics.* exclude (household_id),
    latest.updated_at
from latest
left join source_demographics as demographics using (household_id);
"""


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Add the history to a connection of `data.connect`.

    - `enrolments(household_id, enrolled_at, home_store_id)`: every household of the data
    - `household_events(event_id, household_id, event_type, occurred_at, home_store_id, tier)`: visible ones of the members;
      `home_store_id` is null for `tier_changed`, `tier` for `home_store_changed`
    - `households(household_id, enrolled_at, home_store_id, tier, <seven demographics>, updated_at)`: the members' profiles at the clock
    """
    columns = "{'tier': 'varchar', 'minimum_spend_amount': 'decimal(12, 2)'}"
    connection.execute(f"create table tiers as from read_csv({literal(TIERS)}, columns = {columns})")
    connection.execute(ENROLMENTS)
    connection.execute(EVALUATIONS)
    connection.execute(EVENTS)
    connection.execute(PROFILES)
