select
    department,
    sum(retail_discount_amount) as retail_discount_amount,
    sum(coupon_discount_amount) as coupon_discount_amount
from wide.obt_sales_lines
where not is_inferred_product
group by department
