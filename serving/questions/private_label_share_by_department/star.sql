select
    products.department,
    sum(sales_lines.sales_amount) as sales_amount,
    coalesce(sum(sales_lines.sales_amount) filter (where products.brand = 'Private'), 0) as private_label_sales_amount
from star.fct_sales_lines as sales_lines
inner join star.dim_products as products on sales_lines.product_key = products.product_key
group by products.department
