select
    strftime(sales_lines.sold_date, '%Y-%m') as month_of_sale,
    count(distinct sales_lines.product_id) as product_count
from star.fct_sales_lines as sales_lines
group by month_of_sale
