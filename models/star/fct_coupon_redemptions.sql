with

redemptions as (

    select * from {{ ref('nf3_coupon_redemptions') }}

),

household_versions as (

    select * from {{ ref('dim_households') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

final as (

    select
        dates.date_key as redeemed_date_key,
        {{ coupon_key('redemptions.coupon_upc', 'redemptions.campaign_id') }} as coupon_key,
        redemptions.campaign_id as campaign_key,
        coalesce(household_versions.household_key, -1) as household_key,
        redemptions.household_id,
        redemptions.campaign_id,
        redemptions.redeemed_date
    from redemptions
    left join dates on redemptions.redeemed_date = dates.date_day
    left join household_versions
        on
            redemptions.household_id = household_versions.household_id
            and {{ holds_on('household_versions', 'redemptions.redeemed_date') }}

)

select * from final
