with

coupon_products as (

    select * from {{ ref('nf3_coupon_products') }}

),

shares as (

    select
        coupon_upc,
        campaign_id,
        product_id,
        count(*) over (partition by coupon_upc, campaign_id) as product_count,
        min(product_id) over (partition by coupon_upc, campaign_id) as first_product_id
    from coupon_products

),

-- In units of the tenth decimal place a third has a remainder: the first product takes it, and the weights add to 1.
shares_in_units as (

    select
        coupon_upc,
        campaign_id,
        product_id,
        cast(
            cast(10000000000 - mod(10000000000, product_count) as double) / cast(product_count as double) as bigint
        ) as units,
        case when product_id = first_product_id then mod(10000000000, product_count) else 0 end as remainder_units
    from shares

),

final as (

    select
        {{ coupon_key('coupon_upc', 'campaign_id') }} as coupon_key,
        product_id as product_key,
        cast(
            cast(units + remainder_units as decimal(18, 0)) * cast(0.0000000001 as decimal(10, 10)) as decimal(12, 10)
        ) as weight
    from shares_in_units

)

select * from final
