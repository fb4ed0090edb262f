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

-- A store's week is published as one: its part of the hash is made once, not once a placement.
store_weeks as (

    select
        stores.store_id,
        weeks.grocer_week,
        stores.store_hk,
        weeks.week_hk,
        weeks.load_date,
        {{ hash_parts(['stores.hash_text', 'weeks.hash_text']) }} as hash_text
    from stores
    cross join weeks

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
        store_weeks.load_date,
        products.product_hk,
        store_weeks.store_hk,
        store_weeks.week_hk,
        {{ hash_of_parts([
            'products.hash_text', 'store_weeks.hash_text', 'promotions.display_location_code', 'promotions.mailer_location_code'
        ]) }} as promotion_placement_hk
    from promotions
    inner join products on promotions.product_id = products.product_id
    inner join store_weeks
        on
            promotions.store_id = store_weeks.store_id
            and promotions.grocer_week = store_weeks.grocer_week

)

select * from final
