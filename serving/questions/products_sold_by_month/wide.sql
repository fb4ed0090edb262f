select
    strftime(sold_date, '%Y-%m') as month_of_sale,
    count(distinct product_id) as product_count
from wide.obt_sales_lines
group by month_of_sale
