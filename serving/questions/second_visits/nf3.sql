with

visits as (

    select
        household_id,
        sold_at,
        row_number() over (partition by household_id order by sold_at, basket_id) as visit_number
    from normalized.nf3_receipts

)

select
    strftime(sold_at, '%Y-%m') as month_of_visit,
    count(*) as household_count
from visits
where visit_number = 2
group by month_of_visit
