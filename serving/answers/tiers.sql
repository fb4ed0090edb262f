-- What households spent while they were in each tier, the biggest spenders first.
select
    tier,
    cast(sum(sales_amount) / nullif(count(distinct basket_id), 0) as decimal(12, 2)) as sales_per_basket,
    count(distinct household_id) as households,
    count(distinct basket_id) as baskets,
    sum(sales_amount) as sales
from wide.obt_sales_lines
group by tier
order by sales_per_basket desc
