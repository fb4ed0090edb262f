with

measures as (

    select *
    from vault.sat_receipt_line_measures
    qualify row_number() over (partition by receipt_line_hk order by load_date desc) = 1

)

select
    isodow(receipts.sold_date) as weekday_number,
    count(*) filter (where measures.sales_amount = 0) as free_line_count,
    count(*) as line_count
from vault.nhl_receipt_lines as sales_lines
inner join measures on sales_lines.receipt_line_hk = measures.receipt_line_hk
inner join vault.qav_receipts as receipts on sales_lines.receipt_hk = receipts.receipt_hk
group by weekday_number
