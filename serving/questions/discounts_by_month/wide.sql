select
    calendar_month,
    sum(retail_discount_amount) as retail_discount_amount,
    sum(coupon_discount_amount) as coupon_discount_amount,
    sum(coupon_match_discount_amount) as coupon_match_discount_amount
from wide.obt_sales_lines
group by calendar_month
