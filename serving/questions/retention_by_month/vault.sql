with

months as (

    select distinct
        household_id,
        date_trunc('month', sold_date) as first_date
    from vault.qav_receipts

),

following as (

    select
        first_date,
        lead(first_date) over (partition by household_id order by first_date) as next_first_date
    from months

)

select
    cast(first_date as date) as month_first_date,
    count(*) as household_count,
    count(*) filter (where next_first_date = first_date + interval 1 month) as retained_household_count
from following
group by month_first_date
