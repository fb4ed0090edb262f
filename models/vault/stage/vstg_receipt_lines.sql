{%- set measures = [
    'quantity', 'sales_amount', 'retail_discount_amount', 'coupon_discount_amount', 'coupon_match_discount_amount',
] %}
{%- set types = {
    'lines.basket_id': 'bigint', 'lines.product_id': 'integer', 'till_sequence': 'bigint', 'quantity': 'integer',
    'sales_amount': 'decimal', 'retail_discount_amount': 'decimal', 'coupon_discount_amount': 'decimal',
    'coupon_match_discount_amount': 'decimal',
} %}

with

lines as (

    select * from {{ ref('stg_pos__transactions') }}

),

receipts as (

    select
        basket_id,
        receipt_hk
    from {{ ref('vstg_receipts') }}

),

products as (

    select
        product_id,
        product_hk
    from {{ ref('vstg_sold_products') }}

),

final as (

    select
        lines.basket_id,
        lines.product_id,
        lines.first_till_sequence,
        lines.till_sequence,
        lines.quantity,
        lines.sales_amount,
        lines.retail_discount_amount,
        lines.coupon_discount_amount,
        lines.coupon_match_discount_amount,
        'pos.transactions' as record_source,
        lines.recorded_at as load_date,
        lines.load_id,
        receipts.receipt_hk,
        products.product_hk,
        {{ vault_hash(['lines.basket_id', 'lines.product_id'], types=types) }} as receipt_line_hk,
        {{ vault_hash(['till_sequence'] + measures, is_hashdiff=true, types=types) }} as measures_hashdiff
    from lines
    inner join receipts on lines.basket_id = receipts.basket_id
    inner join products on lines.product_id = products.product_id

)

select * from final
