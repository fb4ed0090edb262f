select
    receipts.store_id,
    strftime(receipts.sold_date, '%Y-%m') as month_of_sale,
    sum(sales_lines.quantity) as quantity,
    sum(sales_lines.sales_amount) as sales_amount
from normalized.nf3_receipt_lines as sales_lines
inner join normalized.nf3_receipts as receipts on sales_lines.basket_id = receipts.basket_id
group by receipts.store_id, month_of_sale
