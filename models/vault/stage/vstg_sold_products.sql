{{ config(materialized='table') }}

with

lines as (

    select * from {{ ref('stg_pos__transactions') }}

),

prepared as (

    select
        product_id,
        'pos.transactions' as record_source,
        min(recorded_at) as load_date
    from lines
    group by product_id

),

final as (

    select
        product_id,
        record_source,
        load_date,
        {{ vault_hash('product_id', types={}) }} as product_hk
    from prepared

)

select * from final
