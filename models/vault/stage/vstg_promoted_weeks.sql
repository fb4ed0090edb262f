{{ config(materialized='table') }}

with

promotions as (

    select * from {{ ref('stg_promotions__promotions') }}

),

first_weeks as (

    select
        grocer_week,
        grocer_week as first_week
    from promotions
    group by grocer_week

),

prepared as (

    select
        grocer_week,
        'promotions.promotions' as record_source,
        {{ week_published_at('first_week') }} as load_date
    from first_weeks

),

final as (

    select
        grocer_week,
        record_source,
        load_date,
        {{ vault_hash('grocer_week', types={}) }} as week_hk
    from prepared

)

select * from final
