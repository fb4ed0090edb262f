select
    calendar_month,
    tier,
    count(distinct household_id) as household_count,
    sum(sales_amount) as sales_amount
from wide.obt_sales_lines
group by calendar_month, tier
