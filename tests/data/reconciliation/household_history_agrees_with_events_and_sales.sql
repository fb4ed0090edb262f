with

events as (

    select * from {{ ref('nf3_household_events') }}

),

versions as (

    select * from {{ ref('dim_households') }}
    where household_key <> -1

),

lines as (

    select * from {{ ref('fct_sales_lines') }}

),

days_with_events as (

    select
        household_id,
        occurred_date
    from events
    group by
        household_id,
        occurred_date

),

neighbouring_versions as (

    select
        household_id,
        valid_from,
        valid_to,
        is_current,
        lead(valid_from) over (partition by household_id order by valid_from) as next_valid_from
    from versions

),

sale_days as (

    select
        household_key,
        household_id,
        sold_date
    from lines
    group by
        household_key,
        household_id,
        sold_date

),

versions_and_events as (

    select
        coalesce(versions.household_id, days_with_events.household_id) as household_id,
        coalesce(versions.valid_from, days_with_events.occurred_date) as local_date
    from versions
    full outer join days_with_events
        on
            versions.household_id = days_with_events.household_id
            and versions.valid_from = days_with_events.occurred_date
    where versions.household_id is null or days_with_events.household_id is null

),

-- A line whose household has a version for its day must point at it, and at the unknown household only if it has none.
lines_with_versions_of_their_day as (

    select
        sale_days.household_id,
        sale_days.sold_date,
        sale_days.household_key,
        count(versions.household_key) as version_count,
        min(versions.household_key) as version_key
    from sale_days
    left join versions
        on
            sale_days.household_id = versions.household_id
            and {{ holds_on('versions', 'sale_days.sold_date') }}
    group by
        sale_days.household_id,
        sale_days.sold_date,
        sale_days.household_key

)

select
    'a day with events has no version, or a version no event' as problem,
    household_id,
    local_date
from versions_and_events

union all

select
    'a version does not end where the next begins, or is wrongly called current' as problem,
    household_id,
    valid_from as local_date
from neighbouring_versions
where
    coalesce(valid_to, date '9999-12-31') <> coalesce(next_valid_from, date '9999-12-31')
    or is_current <> (next_valid_from is null)

union all

select
    'a sale does not point at the one version of its day' as problem,
    household_id,
    sold_date as local_date
from lines_with_versions_of_their_day
where version_count > 1 or household_key <> coalesce(version_key, -1)
