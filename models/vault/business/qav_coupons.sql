with

hub as (

    select * from {{ ref('hub_coupons') }}

),

products as (

    select
        coupon_hk,
        count(distinct product_hk) as product_count
    from {{ ref('lnk_coupon_product_campaign') }}
    group by coupon_hk

),

redemptions as (

    select
        coupon_hk,
        count(*) as redemption_count
    from {{ ref('lnk_redemptions') }}
    group by coupon_hk

),

final as (

    select
        hub.coupon_hk,
        hub.coupon_upc,
        hub.load_date as first_seen_at,
        coalesce(products.product_count, 0) as product_count,
        coalesce(redemptions.redemption_count, 0) as redemption_count
    from hub
    left join products on hub.coupon_hk = products.coupon_hk
    left join redemptions on hub.coupon_hk = redemptions.coupon_hk

)

select * from final
