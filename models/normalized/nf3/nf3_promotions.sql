{{ config(materialized='view') }}

with

promotions as (

    select * from {{ ref('stg_promotions__promotions') }}

),

final as (

    select
        product_id,
        store_id,
        grocer_week,
        display_location_code,
        mailer_location_code
    from promotions

)

select * from final
