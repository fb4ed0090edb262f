with

first_visits as (

    select
        household_id,
        min(sold_date) as first_visit_date
    from wide.obt_receipts
    group by household_id

)

select
    strftime(first_visit_date, '%Y-%m') as calendar_month,
    count(*) as household_count
from first_visits
group by calendar_month
