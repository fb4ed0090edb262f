with

days as (

    select
        sold_date,
        count(*) as visit_count,
        count(distinct household_id) as household_count
    from normalized.nf3_receipts
    group by sold_date

)

select
    sold_date as day_of_sale,
    visit_count,
    household_count,
    sum(visit_count) over (order by sold_date rows between 27 preceding and current row) as visit_count_of_28_days
from days
