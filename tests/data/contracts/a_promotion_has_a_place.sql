-- Fails with one row a promotion that was neither on display nor in the mailer.
select
    product_key,
    store_key,
    grocer_week
from {{ ref('fct_promotions') }}
where placement_key = 0
