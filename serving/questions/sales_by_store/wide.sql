select
    store_id,
    count(distinct basket_id) as receipt_count,
    sum(sales_amount) as sales_amount
from wide.obt_sales_lines
group by store_id
