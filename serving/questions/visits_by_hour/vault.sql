select
    extract(hour from (sold_at at time zone 'UTC') at time zone 'America/New_York') as sold_hour,
    count(*) as visit_count,
    count(distinct household_id) as household_count
from vault.qav_receipts
group by sold_hour
