-- Fails with one row a type that an amount of obt_receipts has and should not: what nests rows has no contract.
{% set amounts = ['sales_amount', 'retail_discount_amount', 'coupon_discount_amount', 'coupon_match_discount_amount'] %}

with

types as (

    {% for amount in amounts %}
    {{ 'union distinct' if not loop.first }}
    select
        '{{ amount }}' as amount,
        lower(typeof({{ amount }})) as type_name
    from {{ ref('obt_receipts') }}
    {% endfor %}

)

select
    amount,
    type_name
from types
where type_name <> 'decimal(18,2)'
