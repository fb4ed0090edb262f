-- Fails with one row a campaign whose last day is before its first.
select
    campaign_id,
    start_date,
    end_date
from {{ ref('nf3_campaigns') }}
where end_date < start_date
