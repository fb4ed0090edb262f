select
    isodow(receipts.sold_date) as weekday_number,
    count(*) filter (where sales_lines.sales_amount = 0) as free_line_count,
    count(*) as line_count
from normalized.nf3_receipt_lines as sales_lines
inner join normalized.nf3_receipts as receipts on sales_lines.basket_id = receipts.basket_id
group by weekday_number
