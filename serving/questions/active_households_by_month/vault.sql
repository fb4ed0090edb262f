select
    strftime(sold_date, '%Y-%m') as calendar_month,
    count(distinct household_id) as household_count,
    count(*) as visit_count
from vault.qav_receipts
group by calendar_month
