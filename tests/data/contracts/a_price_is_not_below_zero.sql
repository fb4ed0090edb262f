{# Fails with one row a line that costs less than nothing after the loyalty discount, or has a discount below 0. #}
{% set amounts = ['sales_amount', 'retail_discount_amount', 'coupon_discount_amount', 'coupon_match_discount_amount'] %}

select
    basket_id,
    product_id,
    {{ amounts | join(', ') }}
from {{ ref('nf3_receipt_lines') }}
where {{ amounts | join(' < 0 or ') }} < 0
