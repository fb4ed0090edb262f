select
    quarter(sold_date) as quarter_of_year,
    count(distinct household_id) as household_count,
    sum(sales_amount) as sales_amount,
    sum(retail_discount_amount) as retail_discount_amount
from wide.obt_sales_lines
group by quarter_of_year
