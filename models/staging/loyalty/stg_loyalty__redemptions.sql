with

source as (

    select * from {{ source('loyalty', 'redemptions') }}

),

final as (

    select
        cast(household_id as integer) as household_id,
        coupon_upc,
        cast(campaign_id as integer) as campaign_id,
        redemption_date as redeemed_date,
        cast(updated_at as timestamp(6)) as updated_at,
        _dlt_load_id as load_id
    from source

)

select * from final
