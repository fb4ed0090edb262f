with

sales as (

    select
        strftime(receipts.sold_date, '%Y-%m') as calendar_month,
        sum(sales_lines.sales_amount) as sales_amount
    from normalized.nf3_receipt_lines as sales_lines
    inner join normalized.nf3_receipts as receipts on sales_lines.basket_id = receipts.basket_id
    group by calendar_month

)

select
    calendar_month,
    sum(sales_amount) over (order by calendar_month) as sales_to_date_amount
from sales
