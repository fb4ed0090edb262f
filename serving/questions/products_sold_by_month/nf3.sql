select
    strftime(receipts.sold_date, '%Y-%m') as month_of_sale,
    count(distinct sales_lines.product_id) as product_count
from normalized.nf3_receipt_lines as sales_lines
inner join normalized.nf3_receipts as receipts on sales_lines.basket_id = receipts.basket_id
group by month_of_sale
