with

events as (

    select * from {{ ref('sat_household_events') }}

),

-- An event names only what changed. Counting the values seen so far numbers the stretches in which each one holds.
events_in_stretches as (

    select
        household_hk,
        event_id,
        occurred_at,
        effective_from,
        load_date,
        record_source,
        home_store_id,
        tier,
        count(home_store_id) over (
            partition by household_hk
            order by occurred_at, event_id
            rows between unbounded preceding and current row
        ) as home_store_stretch,
        count(tier) over (
            partition by household_hk
            order by occurred_at, event_id
            rows between unbounded preceding and current row
        ) as tier_stretch
    from events

),

states as (

    select
        household_hk,
        effective_from,
        load_date,
        record_source,
        max(home_store_id) over (partition by household_hk, home_store_stretch) as home_store_id,
        max(tier) over (partition by household_hk, tier_stretch) as tier,
        row_number() over (
            partition by household_hk, effective_from
            order by occurred_at desc, event_id desc
        ) as rank_of_the_moment
    from events_in_stretches

),

final as (

    select
        household_hk,
        effective_from,
        load_date,
        home_store_id,
        tier,
        record_source
    from states
    where rank_of_the_moment = 1

)

select * from final
