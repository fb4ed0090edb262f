select
    strftime(sold_date, '%Y-%m') as month_of_sale,
    sum(sales_amount) as sales_amount,
    coalesce(sum(sales_amount) filter (where is_home_store), 0) as home_store_sales_amount
from wide.obt_receipts
group by month_of_sale
