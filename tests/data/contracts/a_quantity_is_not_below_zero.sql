-- Fails with one row a line with a negative quantity: a return would be a correction, which replaces the line.
select
    basket_id,
    product_id,
    quantity
from {{ ref('nf3_receipt_lines') }}
where quantity < 0
