with

days as (

    select distinct
        household_id,
        sold_date
    from star.fct_store_visits

),

gaps as (

    select sold_date - lag(sold_date) over (partition by household_id order by sold_date) as day_count
    from days

)

select
    day_count,
    count(*) as gap_count
from gaps
where day_count is not null
group by day_count
