with

source as (

    select * from {{ source('meta', 'source_totals') }}

),

final as (

    select
        resource,
        cast(as_of as timestamp(6)) as as_of,
        as_of_date,
        households as household_count,
        row_count,
        sales_amount,
        retail_discount_amount,
        coupon_discount_amount,
        coupon_match_discount_amount
    from source

)

select * from final
