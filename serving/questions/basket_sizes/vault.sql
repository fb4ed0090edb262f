with

sizes as (

    select count(*) as line_count
    from vault.nhl_receipt_lines
    group by receipt_hk

)

select
    line_count,
    count(*) as receipt_count
from sizes
group by line_count
