select
    isodow(sales_lines.sold_date) as day_of_week,
    count(*) as line_count,
    sum(sales_lines.sales_amount) as sales_amount
from star.fct_sales_lines as sales_lines
group by day_of_week
