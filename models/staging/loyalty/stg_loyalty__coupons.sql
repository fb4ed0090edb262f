with

source as (

    select * from {{ source('loyalty', 'coupons') }}

),

-- The source lists some rows twice, equal in every column.
final as (

    select distinct
        coupon_upc,
        cast(product_id as integer) as product_id,
        cast(campaign_id as integer) as campaign_id,
        _dlt_load_id as load_id
    from source

)

select * from final
