{#- Whose products were coupons used on: the grocer's own label, or national brands? -#}
-- wrong: products that the catalogue lacks have no manufacturer's number, and an inner join drops their lines.
select
    manufacturers.brand,
    count(*) as line_count,
    sum(sales_lines.coupon_discount_amount) as coupon_discount_amount
from {{ ref('fct_sales_lines') }} as sales_lines
inner join {{ ref('dim_products') }} as products on sales_lines.product_key = products.product_key
inner join {{ ref('dim_manufacturers') }} as manufacturers on products.manufacturer_id = manufacturers.manufacturer_id
group by manufacturers.brand
order by manufacturers.brand;

-- right: a key is never null, those products point at the unknown manufacturer, and all lines are there.
select
    manufacturers.brand,
    count(*) as line_count,
    sum(sales_lines.coupon_discount_amount) as coupon_discount_amount
from {{ ref('fct_sales_lines') }} as sales_lines
inner join {{ ref('dim_products') }} as products on sales_lines.product_key = products.product_key
inner join {{ ref('dim_manufacturers') }} as manufacturers on products.manufacturer_key = manufacturers.manufacturer_key
group by manufacturers.brand
order by manufacturers.brand;
