select
    sales_lines.store_id,
    strftime(sales_lines.sold_date, '%Y-%m') as month_of_sale,
    sum(sales_lines.quantity) as quantity,
    sum(sales_lines.sales_amount) as sales_amount
from star.fct_sales_lines as sales_lines
group by sales_lines.store_id, month_of_sale
