{#- What was sold in each of the grocer's weeks? -#}
-- wrong: the day in UTC begins in the stores' evening, so 34,729 lines of Sunday evenings fall into the next week.
select
    dates.grocer_week,
    count(*) as line_count,
    sum(sales_lines.sales_amount) as sales_amount
from {{ ref('fct_sales_lines') }} as sales_lines
inner join {{ ref('dim_dates') }} as dates on cast(sales_lines.sold_at as date) = dates.date_day
group by dates.grocer_week
order by dates.grocer_week nulls last;

-- right: the date key is the day on the stores' clock.
select
    dates.grocer_week,
    count(*) as line_count,
    sum(sales_lines.sales_amount) as sales_amount
from {{ ref('fct_sales_lines') }} as sales_lines
inner join {{ ref('dim_dates') }} as dates on sales_lines.date_key = dates.date_key
group by dates.grocer_week
order by dates.grocer_week nulls last;

-- the difference: lines that the two put into different weeks.
select count(*) as line_count
from {{ ref('fct_sales_lines') }} as sales_lines
inner join {{ ref('dim_dates') }} as utc_dates on cast(sales_lines.sold_at as date) = utc_dates.date_day
inner join {{ ref('dim_dates') }} as local_dates on sales_lines.date_key = local_dates.date_key
where utc_dates.grocer_week is distinct from local_dates.grocer_week;
