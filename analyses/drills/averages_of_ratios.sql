{#- What share of the shelf price does the loyalty discount take? -#}
-- wrong: the mean of the receipts' own shares, in which a pack of gum weighs as much as a week's shopping.
select
    cast(avg(cast({{ divide(
        'retail_discount_amount',
        'sales_amount + retail_discount_amount + coupon_match_discount_amount',
        'decimal(10, 8)'
    ) }} as double)) as decimal(6, 4)) as retail_discount_share
from {{ ref('fct_store_visits') }};

-- right: the facts are added up first, and divided once.
select
    {{ divide(
        'sum(retail_discount_amount)',
        'sum(sales_amount + retail_discount_amount + coupon_match_discount_amount)',
        'decimal(6, 4)'
    ) }} as retail_discount_share
from {{ ref('fct_store_visits') }};
