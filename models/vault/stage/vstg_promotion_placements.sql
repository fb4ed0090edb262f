with

promotions as (

    select * from {{ ref('stg_promotions__promotions') }}

),

products as (

    select * from {{ ref('vstg_promoted_products') }}

),

stores as (

    select * from {{ ref('vstg_promoted_stores') }}

),

weeks as (

    select * from {{ ref('vstg_promoted_weeks') }}

),

final as (

    select
        promotions.product_id,
        promotions.store_id,
        promotions.grocer_week,
        promotions.display_location_code,
        promotions.mailer_location_code,
        promotions.load_id,
        'promotions.promotions' as record_source,
        weeks.load_date,
        products.product_hk,
        stores.store_hk,
        weeks.week_hk
    from promotions
    inner join products on promotions.product_id = products.product_id
    inner join stores on promotions.store_id = stores.store_id
    inner join weeks on promotions.grocer_week = weeks.grocer_week

)

select * from final
