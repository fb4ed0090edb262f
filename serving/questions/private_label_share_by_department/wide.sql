select
    department,
    sum(sales_amount) as sales_amount,
    coalesce(sum(sales_amount) filter (where brand = 'Private'), 0) as private_label_sales_amount
from wide.obt_sales_lines
group by department
