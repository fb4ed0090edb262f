select
    sales_lines.grocer_week,
    products.department,
    count(distinct sales_lines.basket_id) as receipt_count,
    sum(sales_lines.sales_amount) as sales_amount
from star.fct_sales_lines as sales_lines
inner join star.dim_products as products on sales_lines.product_key = products.product_key
group by sales_lines.grocer_week, products.department
