with

coupons as (

    select * from {{ ref('stg_loyalty__coupons') }}

),

final as (

    select
        coupon_upc,
        campaign_id,
        product_id
    from coupons

)

select * from final
