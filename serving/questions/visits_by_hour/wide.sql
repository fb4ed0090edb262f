select
    sold_hour,
    count(*) as visit_count,
    count(distinct household_id) as household_count
from wide.obt_receipts
group by sold_hour
