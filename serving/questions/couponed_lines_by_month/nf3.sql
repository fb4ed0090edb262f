select
    strftime(receipts.sold_date, '%Y-%m') as month_of_sale,
    count(*) filter (where sales_lines.coupon_discount_amount > 0) as couponed_line_count,
    count(*) as line_count,
    sum(sales_lines.coupon_discount_amount) as coupon_discount_amount
from normalized.nf3_receipt_lines as sales_lines
inner join normalized.nf3_receipts as receipts on sales_lines.basket_id = receipts.basket_id
group by month_of_sale
