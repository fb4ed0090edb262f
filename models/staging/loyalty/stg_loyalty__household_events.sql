with

source as (

    select * from {{ source('loyalty', 'household_events') }}

),

final as (

    select
        cast(event_id as bigint) as event_id,
        cast(household_id as integer) as household_id,
        event_type,
        cast(occurred_at as timestamp(6)) as occurred_at,
        cast(home_store_id as integer) as home_store_id,
        tier,
        _dlt_load_id as load_id
    from source

)

select * from final
