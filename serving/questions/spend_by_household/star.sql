select
    sales_lines.household_id,
    count(distinct sales_lines.basket_id) as receipt_count,
    sum(sales_lines.sales_amount) as sales_amount
from star.fct_sales_lines as sales_lines
group by sales_lines.household_id
