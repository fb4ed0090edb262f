with

lines as (

    select * from {{ ref('nf2_receipt_lines') }}

),

-- Nothing here depends on anything but the whole key: the line was in third normal form already.
final as (

    select
        basket_id,
        product_id,
        till_sequence,
        first_till_sequence,
        quantity,
        sales_amount,
        retail_discount_amount,
        coupon_discount_amount,
        coupon_match_discount_amount
    from lines

)

select * from final
