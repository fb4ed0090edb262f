select
    dates.calendar_month,
    sum(sales_lines.retail_discount_amount) as retail_discount_amount,
    sum(sales_lines.coupon_discount_amount) as coupon_discount_amount,
    sum(sales_lines.coupon_match_discount_amount) as coupon_match_discount_amount
from star.fct_sales_lines as sales_lines
inner join star.dim_dates as dates on sales_lines.date_key = dates.date_key
group by dates.calendar_month
