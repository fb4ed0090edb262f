select
    receipts.household_id,
    sum(sales_lines.retail_discount_amount) as retail_discount_amount,
    sum(sales_lines.coupon_discount_amount + sales_lines.coupon_match_discount_amount) as coupon_amount
from normalized.nf3_receipt_lines as sales_lines
inner join normalized.nf3_receipts as receipts on sales_lines.basket_id = receipts.basket_id
group by receipts.household_id
