select
    sales_lines.household_id,
    sum(sales_lines.retail_discount_amount) as retail_discount_amount,
    sum(sales_lines.coupon_discount_amount + sales_lines.coupon_match_discount_amount) as coupon_amount
from star.fct_sales_lines as sales_lines
group by sales_lines.household_id
