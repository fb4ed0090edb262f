with

lines as (

    select * from {{ ref('nf1_receipt_lines') }}

),

-- What is left needs the whole key.
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
