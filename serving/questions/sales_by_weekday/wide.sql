select
    day_of_week,
    count(*) as line_count,
    sum(sales_amount) as sales_amount
from wide.obt_sales_lines
group by day_of_week
