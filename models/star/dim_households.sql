with

events as (

    select * from {{ ref('nf3_household_events') }}

),

households as (

    select * from {{ ref('nf3_households') }}

),

-- An event names only what changed. Counting the values seen so far numbers the stretches in which each one holds.
events_in_stretches as (

    select
        event_id,
        household_id,
        occurred_at,
        occurred_date,
        home_store_id,
        tier,
        count(home_store_id) over (
            partition by household_id
            order by occurred_at, event_id
            rows between unbounded preceding and current row
        ) as home_store_stretch,
        count(tier) over (
            partition by household_id
            order by occurred_at, event_id
            rows between unbounded preceding and current row
        ) as tier_stretch
    from events

),

states as (

    select
        event_id,
        household_id,
        occurred_at,
        occurred_date,
        max(home_store_id) over (partition by household_id, home_store_stretch) as home_store_id,
        max(tier) over (partition by household_id, tier_stretch) as tier
    from events_in_stretches

),

ranked_states as (

    select
        household_id,
        occurred_date,
        home_store_id,
        tier,
        row_number() over (
            partition by household_id, occurred_date
            order by occurred_at desc, event_id desc
        ) as rank_from_the_days_end
    from states

),

days_last_states as (

    select
        household_id,
        home_store_id,
        tier,
        occurred_date as valid_from
    from ranked_states
    where rank_from_the_days_end = 1

),

versions as (

    select
        household_id,
        home_store_id,
        tier,
        valid_from,
        cast(row_number() over (partition by household_id order by valid_from) as integer) as version_number,
        lead(valid_from) over (partition by household_id order by valid_from) as valid_to
    from days_last_states

),

known_households as (

    select
        versions.household_id,
        versions.version_number,
        versions.valid_from,
        versions.valid_to,
        households.enrolled_date,
        versions.home_store_id,
        {{ dbt.datediff("date '2000-01-01'", "versions.valid_from", "day") }}
        + cast(versions.household_id as bigint) * 100000 as household_key,
        versions.valid_to is null as is_current,
        coalesce(versions.tier, 'Not given') as tier,
        coalesce(households.age_band, 'Not given') as age_band,
        coalesce(households.income_band, 'Not given') as income_band,
        coalesce(households.home_ownership, 'Not given') as home_ownership,
        coalesce(households.marital_status, 'Not given') as marital_status,
        coalesce(households.household_size, 'Not given') as household_size,
        coalesce(households.household_composition, 'Not given') as household_composition,
        coalesce(households.kids_count, 'Not given') as kids_count
    from versions
    left join households on versions.household_id = households.household_id

),

unknown_household as (

    select
        -1 as household_id,
        1 as version_number,
        date '2000-01-01' as valid_from,
        cast(null as date) as valid_to,
        cast(null as date) as enrolled_date,
        cast(null as integer) as home_store_id,
        cast(-1 as bigint) as household_key,
        true as is_current,
        'Unknown' as tier,
        'Unknown' as age_band,
        'Unknown' as income_band,
        'Unknown' as home_ownership,
        'Unknown' as marital_status,
        'Unknown' as household_size,
        'Unknown' as household_composition,
        'Unknown' as kids_count

),

final as (

    select * from known_households
    union all
    select * from unknown_household

)

select * from final
