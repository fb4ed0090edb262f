select
    strftime(sold_date, '%Y-%m') as month_of_sale,
    count(*) filter (where coupon_discount_amount > 0) as couponed_line_count,
    count(*) as line_count,
    sum(coupon_discount_amount) as coupon_discount_amount
from wide.obt_sales_lines
group by month_of_sale
