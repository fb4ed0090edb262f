select
    isodow(sales_lines.sold_date) as weekday_number,
    count(*) filter (where sales_lines.sales_amount = 0) as free_line_count,
    count(*) as line_count
from star.fct_sales_lines as sales_lines
group by weekday_number
