with

measures as (

    select *
    from vault.sat_receipt_line_measures
    qualify row_number() over (partition by receipt_line_hk order by load_date desc) = 1

),

amounts as (

    select sum(measures.sales_amount) as receipt_amount
    from vault.nhl_receipt_lines as sales_lines
    inner join measures on sales_lines.receipt_line_hk = measures.receipt_line_hk
    group by sales_lines.receipt_hk

)

select
    cast(floor(receipt_amount / 10) as integer) * 10 as amount_from,
    count(*) as receipt_count
from amounts
group by amount_from
