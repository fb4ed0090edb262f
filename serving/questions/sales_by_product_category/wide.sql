select
    department,
    product_category,
    count(*) as line_count,
    sum(sales_amount) as sales_amount
from wide.obt_sales_lines
where not is_inferred_product
group by department, product_category
