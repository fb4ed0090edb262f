with

redemptions as (

    select * from {{ ref('stg_loyalty__redemptions') }}

),

final as (

    select
        household_id,
        coupon_upc,
        campaign_id,
        redeemed_date
    from redemptions

)

select * from final
