with

events as (

    select * from {{ ref('stg_loyalty__household_events') }}
    where home_store_id is not null

),

prepared as (

    select
        event_id,
        household_id,
        home_store_id as store_id,
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
        store_id,
        effective_from,
        load_id,
        record_source,
        load_date,
        {{ vault_hash('household_id', types={}) }} as household_hk,
        {{ vault_hash('store_id', types={}) }} as store_hk,
        {{ vault_hash(['household_id', 'store_id'], types={}) }} as household_store_hk
    from prepared

)

select * from final
