select
    isodow(sold_date) as weekday_number,
    count(*) filter (where sales_amount = 0) as free_line_count,
    count(*) as line_count
from wide.obt_sales_lines
group by weekday_number
