with

sales as (

    select
        dates.calendar_month,
        sum(daily_sales.sales_amount) as sales_amount
    from star.fct_daily_sales as daily_sales
    inner join star.dim_dates as dates on daily_sales.date_key = dates.date_key
    group by dates.calendar_month

)

select
    calendar_month,
    sum(sales_amount) over (order by calendar_month) as sales_to_date_amount
from sales
