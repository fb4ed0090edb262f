with

sizes as (

    select count(*) as line_count
    from normalized.nf3_receipt_lines
    group by basket_id

)

select
    line_count,
    count(*) as receipt_count
from sizes
group by line_count
