with

events as (

    select * from {{ ref('stg_loyalty__household_events') }}

),

final as (

    select
        event_id,
        household_id,
        event_type,
        occurred_at,
        cast({{ utc_to_local('occurred_at') }} as date) as occurred_date,
        home_store_id,
        tier
    from events

)

select * from final
