{% set measures = [
    'line_count', 'product_count', 'unit_count', 'sales_amount', 'retail_discount_amount', 'coupon_discount_amount',
    'coupon_match_discount_amount', 'date_key', 'store_key', 'household_key', 'household_id',
] %}

with

visits as (

    select * from {{ ref('fct_store_visits') }}

),

lines as (

    select * from {{ ref('fct_sales_lines') }}

),

receipts as (

    select
        basket_id,
        count(*) as line_count,
        count(case when quantity > 0 then product_id end) as product_count,
        sum(quantity) as unit_count,
        sum(sales_amount) as sales_amount,
        sum(retail_discount_amount) as retail_discount_amount,
        sum(coupon_discount_amount) as coupon_discount_amount,
        sum(coupon_match_discount_amount) as coupon_match_discount_amount,
        max(date_key) as date_key,
        max(store_key) as store_key,
        max(household_key) as household_key,
        max(household_id) as household_id
    from lines
    group by basket_id

)

select
    visits.line_count as visit_line_count,
    receipts.line_count,
    visits.sales_amount as visit_sales_amount,
    receipts.sales_amount,
    coalesce(visits.basket_id, receipts.basket_id) as basket_id
from visits
full outer join receipts on visits.basket_id = receipts.basket_id
where
    visits.basket_id is null
    {% for measure in measures %}
    or visits.{{ measure }} is distinct from receipts.{{ measure }}
    {% endfor %}
