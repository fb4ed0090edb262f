with

events as (

    select * from {{ ref('stg_loyalty__household_events') }}
    where tier is not null

),

prepared as (

    select
        event_id,
        household_id,
        tier,
        occurred_at as effective_from,
        load_id,
        'loyalty.household_events' as record_source,
        occurred_at as load_date
    from events

),

final as (

    select
        event_id,
        household_id,
        tier,
        effective_from,
        load_id,
        record_source,
        load_date,
        {{ vault_hash('household_id', types={}) }} as household_hk,
        {{ vault_hash(['household_id', 'tier'], types={}) }} as household_tier_hk
    from prepared

)

select * from final
