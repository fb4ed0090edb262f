select
    receipts.household_id,
    count(distinct receipts.basket_id) as receipt_count,
    sum(sales_lines.sales_amount) as sales_amount
from normalized.nf3_receipt_lines as sales_lines
inner join normalized.nf3_receipts as receipts on sales_lines.basket_id = receipts.basket_id
group by receipts.household_id
