-- Sales in each of the grocer's weeks.
select
    grocer_week,
    sum(sales_amount) as sales
from wide.obt_sales_lines
group by grocer_week
order by grocer_week
