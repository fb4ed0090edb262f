select
    store_id,
    strftime(sold_date, '%Y-%m') as month_of_sale,
    sum(quantity) as quantity,
    sum(sales_amount) as sales_amount
from wide.obt_sales_lines
group by store_id, month_of_sale
