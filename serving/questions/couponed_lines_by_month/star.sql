select
    strftime(sales_lines.sold_date, '%Y-%m') as month_of_sale,
    count(*) filter (where sales_lines.coupon_discount_amount > 0) as couponed_line_count,
    count(*) as line_count,
    sum(sales_lines.coupon_discount_amount) as coupon_discount_amount
from star.fct_sales_lines as sales_lines
group by month_of_sale
