{{ config(materialized='table') }}

{%- set types = {
    'basket_id': 'bigint', 'household_id': 'integer', 'store_id': 'integer', 'grocer_week': 'integer', 'sold_at': 'timestamp',
    'sold_date': 'date',
} %}

with

lines as (

    select * from {{ ref('stg_pos__transactions') }}

),

-- A receipt has one household, store and moment: any of its lines says them.
prepared as (

    select
        basket_id,
        'pos.transactions' as record_source,
        min(household_id) as household_id,
        min(store_id) as store_id,
        min(sold_at) as sold_at,
        min(sold_date) as sold_date,
        min(grocer_week) as grocer_week,
        min(recorded_at) as load_date
    from lines
    group by basket_id

),

final as (

    select
        basket_id,
        household_id,
        store_id,
        sold_at,
        sold_date,
        grocer_week,
        record_source,
        load_date,
        {{ vault_hash('basket_id', types=types) }} as receipt_hk,
        {{ vault_hash('household_id', types=types) }} as household_hk,
        {{ vault_hash('store_id', types=types) }} as store_hk,
        {{ vault_hash('grocer_week', types=types) }} as week_hk,
        {{ vault_hash(['basket_id', 'household_id', 'store_id'], types=types) }} as receipt_household_store_hk,
        {{ vault_hash(['sold_at', 'sold_date', 'grocer_week'], is_hashdiff=true, types=types) }} as header_hashdiff
    from prepared

)

select * from final
