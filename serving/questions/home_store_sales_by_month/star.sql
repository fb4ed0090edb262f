select
    strftime(sales_lines.sold_date, '%Y-%m') as month_of_sale,
    sum(sales_lines.sales_amount) as sales_amount,
    coalesce(sum(sales_lines.sales_amount) filter (where sales_lines.store_id = households.home_store_id), 0)
        as home_store_sales_amount
from star.fct_sales_lines as sales_lines
inner join star.dim_households as households on sales_lines.household_key = households.household_key
group by month_of_sale
