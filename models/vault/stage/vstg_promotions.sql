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

keyed_promotions as (

    select
        *,
        {{ vault_hash(
            ['product_id', 'store_id', 'grocer_week', 'display_location_code', 'mailer_location_code'],
            types={'product_id': 'integer', 'store_id': 'integer', 'grocer_week': 'integer'}
        ) }} as promotion_hk,
        {{ load_moment('load_id') }} as load_date
    from promotions

),

final as (

    select
        promotions.promotion_hk,
        products.product_hk,
        stores.store_hk,
        weeks.week_hk,
        promotions.display_location_code,
        promotions.mailer_location_code,
        promotions.load_date,
        'promotions' as record_source
    from keyed_promotions as promotions
    inner join products on promotions.product_id = products.product_id
    inner join stores on promotions.store_id = stores.store_id
    inner join weeks on promotions.grocer_week = weeks.grocer_week

)

select * from final
