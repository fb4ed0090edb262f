-- Fails with one row a price that costs more with the loyalty card than without, or less than nothing.
select
    product_key,
    store_key,
    valid_from
from {{ ref('fct_product_prices') }}
where
    loyalty_unit_price_amount > regular_unit_price_amount
    or loyalty_unit_price_amount < 0
    or regular_unit_price_amount <= 0
