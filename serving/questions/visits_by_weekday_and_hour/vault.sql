select
    isodow(sold_date) as weekday_number,
    extract(hour from (sold_at at time zone 'UTC') at time zone 'America/New_York') as hour_at_store,
    count(*) as visit_count
from vault.qav_receipts
group by weekday_number, hour_at_store
