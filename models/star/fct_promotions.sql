{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail'
    )
}}

with

promotions as (

    select * from {{ ref('nf3_promotions') }}
    {% if is_incremental() %}
    where grocer_week not in (select distinct written.grocer_week from {{ this }} as written)
    {% endif %}

),

weeks as (

    select
        grocer_week,
        date_key
    from {{ ref('dim_dates') }}
    where date_day = grocer_week_first_date

),

final as (

    select
        promotions.product_id as product_key,
        promotions.store_id as store_key,
        weeks.date_key,
        promotions.grocer_week,
        {{ placement_key('promotions.display_location_code', 'promotions.mailer_location_code') }} as placement_key
    from promotions
    left join weeks on promotions.grocer_week = weeks.grocer_week

)

select * from final
