select
    line_count,
    count(*) as receipt_count
from star.fct_store_visits
group by line_count
