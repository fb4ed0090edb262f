select
    isodow(receipts.sold_date) as day_of_week,
    count(*) as line_count,
    sum(sales_lines.sales_amount) as sales_amount
from normalized.nf3_receipt_lines as sales_lines
inner join normalized.nf3_receipts as receipts on sales_lines.basket_id = receipts.basket_id
group by day_of_week
