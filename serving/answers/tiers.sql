-- What households spent while they were in each tier, the biggest spenders first.
select
    tier,
    count(distinct household_id) as households,
    count(distinct basket_id) as baskets,
    sum(sales_amount) as sales,
    cast(
        cast(sum(sales_amount) as double) / nullif(cast(count(distinct basket_id) as double), 0)
        as decimal(12, 2)
    ) as sales_per_basket
from wide.obt_sales_lines
group by tier
order by sales_per_basket desc
