select
    products.department,
    count(*) as product_count
from star.dim_products as products
left join star.fct_sales_lines as sales_lines on products.product_key = sales_lines.product_key
where sales_lines.product_key is null and not products.is_inferred and products.product_key > 0
group by products.department
