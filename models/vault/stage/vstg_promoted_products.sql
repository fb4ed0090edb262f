{{ config(materialized='table') }}

with

promotions as (

    select * from {{ ref('stg_promotions__promotions') }}

),

first_weeks as (

    select
        product_id,
        min(grocer_week) as first_week
    from promotions
    group by product_id

),

prepared as (

    select
        product_id,
        'promotions.promotions' as record_source,
        {{ week_published_at('first_week') }} as load_date
    from first_weeks

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
