with

days as (

    select
        household_id,
        sold_date,
        count(distinct store_id) as store_count
    from vault.qav_receipts
    group by household_id, sold_date

)

select
    store_count,
    count(*) as household_day_count
from days
group by store_count
