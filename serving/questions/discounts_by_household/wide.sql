select
    household_id,
    sum(retail_discount_amount) as retail_discount_amount,
    sum(coupon_discount_amount + coupon_match_discount_amount) as coupon_amount
from wide.obt_sales_lines
group by household_id
