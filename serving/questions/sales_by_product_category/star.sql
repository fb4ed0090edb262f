select
    products.department,
    products.product_category,
    count(*) as line_count,
    sum(sales_lines.sales_amount) as sales_amount
from star.fct_sales_lines as sales_lines
inner join star.dim_products as products on sales_lines.product_key = products.product_key
where not products.is_inferred
group by products.department, products.product_category
