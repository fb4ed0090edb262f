{#- How much was sold of products that a coupon is good for? On which departments' products were coupons redeemed? -#}
-- wrong: a product has a row in the bridge for each of its coupons, and its sales are counted for each.
select sum(sales_lines.sales_amount) as sales_amount
from {{ ref('fct_sales_lines') }} as sales_lines
inner join {{ ref('bridge_coupon_products') }} as coupon_products
    on sales_lines.product_key = coupon_products.product_key;

-- right: whether a product has a coupon is asked, not joined.
select sum(sales_amount) as sales_amount
from {{ ref('fct_sales_lines') }}
where product_key in (select coupon_products.product_key from {{ ref('bridge_coupon_products') }} as coupon_products);

-- wrong: a redemption is counted for each product that the coupon is good for.
select
    products.department,
    count(*) as redemption_count
from {{ ref('fct_coupon_redemptions') }} as redemptions
inner join {{ ref('bridge_coupon_products') }} as coupon_products on redemptions.coupon_key = coupon_products.coupon_key
inner join {{ ref('dim_products') }} as products on coupon_products.product_key = products.product_key
group by products.department
order by products.department;

-- right: each product gets its weight of the redemption, and the departments add up to what was redeemed.
select
    products.department,
    cast(sum(coupon_products.weight) as decimal(18, 2)) as redemption_count
from {{ ref('fct_coupon_redemptions') }} as redemptions
inner join {{ ref('bridge_coupon_products') }} as coupon_products on redemptions.coupon_key = coupon_products.coupon_key
inner join {{ ref('dim_products') }} as products on coupon_products.product_key = products.product_key
group by products.department
order by products.department;
