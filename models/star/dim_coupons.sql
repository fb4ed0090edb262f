with

coupons as (

    select * from {{ ref('nf3_coupons') }}

),

coupon_products as (

    select * from {{ ref('nf3_coupon_products') }}

),

products_per_coupon as (

    select
        coupon_upc,
        campaign_id,
        cast(count(*) as integer) as product_count
    from coupon_products
    group by coupon_upc, campaign_id

),

known_coupons as (

    select
        {{ coupon_key('coupons.coupon_upc', 'coupons.campaign_id') }} as coupon_key,
        coupons.campaign_id as campaign_key,
        coupons.coupon_upc,
        coupons.campaign_id,
        coalesce(products_per_coupon.product_count, 0) as product_count
    from coupons
    left join products_per_coupon
        on
            coupons.coupon_upc = products_per_coupon.coupon_upc
            and coupons.campaign_id = products_per_coupon.campaign_id

),

no_coupon as (

    select
        cast(-1 as bigint) as coupon_key,
        -1 as campaign_key,
        'Not applicable' as coupon_upc,
        -1 as campaign_id,
        0 as product_count

),

final as (

    select * from known_coupons
    union all
    select * from no_coupon

)

select * from final
