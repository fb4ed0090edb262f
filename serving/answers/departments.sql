-- The departments with most sales, and which share of them was bought on display or in the mailer.
select
    department,
    sum(sales_amount) as sales,
    round(
        100 * cast(sum(case when is_on_promotion then sales_amount else 0 end) as double)
        / nullif(cast(sum(sales_amount) as double), 0),
        1
    ) as promoted_percent
from wide.obt_sales_lines
group by department
order by sales desc nulls last
limit 8
