with

visited as (

    select
        household_id,
        count(distinct store_id) as store_count
    from wide.obt_receipts
    group by household_id

)

select
    store_count,
    count(*) as household_count
from visited
group by store_count
