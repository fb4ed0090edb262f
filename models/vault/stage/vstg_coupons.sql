{{ config(materialized='table') }}

with

coupons as (

    select * from {{ ref('stg_loyalty__coupons') }}

),

campaigns as (

    select * from {{ ref('stg_loyalty__campaigns') }}

),

-- The coupons' list has no moment of its own: it is published when its campaign begins.
prepared as (

    select
        coupons.coupon_upc,
        coupons.product_id,
        coupons.campaign_id,
        coupons.load_id,
        'loyalty.coupons' as record_source,
        coalesce(campaigns.updated_at, cast(date '{{ var("calendar_start") }}' as timestamp(6))) as load_date
    from coupons
    left join campaigns on coupons.campaign_id = campaigns.campaign_id

),

final as (

    select
        coupon_upc,
        product_id,
        campaign_id,
        load_id,
        record_source,
        load_date,
        {{ vault_hash('coupon_upc', types={}) }} as coupon_hk,
        {{ vault_hash('product_id', types={}) }} as product_hk,
        {{ vault_hash('campaign_id', types={}) }} as campaign_hk,
        {{ vault_hash(['coupon_upc', 'product_id', 'campaign_id'], types={}) }} as coupon_product_campaign_hk,
        {{ vault_hash(['product_id'], is_hashdiff=true, types={}) }} as coupon_product_hashdiff
    from prepared

)

select * from final
