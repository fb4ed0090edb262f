with

amounts as (

    select sum(sales_amount) as receipt_amount
    from normalized.nf3_receipt_lines
    group by basket_id

)

select
    cast(floor(receipt_amount / 10) as integer) * 10 as amount_from,
    count(*) as receipt_count
from amounts
group by amount_from
