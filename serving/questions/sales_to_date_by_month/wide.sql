with

sales as (

    select
        calendar_month,
        sum(sales_amount) as sales_amount
    from wide.obt_sales_lines
    group by calendar_month

)

select
    calendar_month,
    sum(sales_amount) over (order by calendar_month) as sales_to_date_amount
from sales
