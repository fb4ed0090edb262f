select
    quarter(sales_lines.sold_date) as quarter_of_year,
    count(distinct sales_lines.household_id) as household_count,
    sum(sales_lines.sales_amount) as sales_amount,
    sum(sales_lines.retail_discount_amount) as retail_discount_amount
from star.fct_sales_lines as sales_lines
group by quarter_of_year
