with

coupons as (

    select * from {{ ref('stg_loyalty__coupons') }}

),

-- A printed code returns in later campaigns with other products: a coupon is the code in its campaign.
final as (

    select distinct
        coupon_upc,
        campaign_id
    from coupons

)

select * from final
