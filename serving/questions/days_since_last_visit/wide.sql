with

last_visits as (

    select
        household_id,
        max(sold_date) as last_visit_date
    from wide.obt_receipts
    group by household_id

)

select
    date '2017-12-31' - last_visit_date as day_count,
    count(*) as household_count
from last_visits
group by day_count
