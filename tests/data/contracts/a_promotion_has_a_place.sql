-- Fails with one row a promotion that was neither on display nor in the mailer.
select
    product_key,
    store_key,
    grocer_week
from {{ ref('fct_promotions') }}
where
    not is_on_display
    and not is_in_mailer
