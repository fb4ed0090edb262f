with

measures as (

    select *
    from vault.sat_receipt_line_measures
    qualify row_number() over (partition by receipt_line_hk order by load_date desc) = 1

),

sales as (

    select
        strftime(receipts.sold_date, '%Y-%m') as calendar_month,
        sum(measures.sales_amount) as sales_amount
    from vault.nhl_receipt_lines as sales_lines
    inner join measures on sales_lines.receipt_line_hk = measures.receipt_line_hk
    inner join vault.qav_receipts as receipts on sales_lines.receipt_hk = receipts.receipt_hk
    group by calendar_month

)

select
    calendar_month,
    sum(sales_amount) over (order by calendar_month) as sales_to_date_amount
from sales
