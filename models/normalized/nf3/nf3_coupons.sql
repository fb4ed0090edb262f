with

coupons as (

    select * from {{ ref('stg_loyalty__coupons') }}

),

redemptions as (

    select * from {{ ref('stg_loyalty__redemptions') }}

),

-- A printed code returns in later campaigns with other products: a coupon is the code in its campaign.
coupons_with_products as (

    select distinct
        coupon_upc,
        campaign_id
    from coupons

),

redeemed_coupons as (

    select distinct
        coupon_upc,
        campaign_id
    from redemptions

),

-- The source lists a coupon by its products, so one without any is known by its redemptions alone.
final as (

    select * from coupons_with_products
    union distinct
    select * from redeemed_coupons

)

select * from final
