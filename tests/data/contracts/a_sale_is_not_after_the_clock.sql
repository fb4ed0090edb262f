-- Fails with one row a receipt from the grocer's future.
select
    receipts.basket_id,
    receipts.sold_at
from {{ ref('nf3_receipts') }} as receipts
inner join {{ ref('nf3_clock') }} as clock on receipts.sold_at >= clock.as_of
