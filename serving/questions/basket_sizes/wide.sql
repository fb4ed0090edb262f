select
    len(lines) as line_count,
    count(*) as receipt_count
from wide.obt_receipts
group by len(lines)
