select
    dates.calendar_month,
    households.tier,
    count(distinct households.household_id) as household_count,
    sum(sales_lines.sales_amount) as sales_amount
from star.fct_sales_lines as sales_lines
inner join star.dim_dates as dates on sales_lines.date_key = dates.date_key
inner join star.dim_households as households on sales_lines.household_key = households.household_key
group by dates.calendar_month, households.tier
