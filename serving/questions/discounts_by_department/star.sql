select
    products.department,
    sum(sales_lines.retail_discount_amount) as retail_discount_amount,
    sum(sales_lines.coupon_discount_amount) as coupon_discount_amount
from star.fct_sales_lines as sales_lines
inner join star.dim_products as products on sales_lines.product_key = products.product_key
where not products.is_inferred
group by products.department
