{{ config(materialized='table') }}

with

promotions as (

    select * from {{ ref('stg_promotions__promotions') }}

),

first_weeks as (

    select
        store_id,
        min(grocer_week) as first_week
    from promotions
    group by store_id

),

prepared as (

    select
        store_id,
        'promotions.promotions' as record_source,
        {{ week_published_at('first_week') }} as load_date
    from first_weeks

),

final as (

    select
        store_id,
        record_source,
        load_date,
        {{ vault_hash('store_id', types={}) }} as store_hk
    from prepared

)

select * from final
