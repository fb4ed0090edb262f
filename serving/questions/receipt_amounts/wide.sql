with

amounts as (

    select sales_amount as receipt_amount
    from wide.obt_receipts

)

select
    cast(floor(receipt_amount / 10) as integer) * 10 as amount_from,
    count(*) as receipt_count
from amounts
group by amount_from
