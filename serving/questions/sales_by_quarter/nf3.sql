select
    quarter(receipts.sold_date) as quarter_of_year,
    count(distinct receipts.household_id) as household_count,
    sum(sales_lines.sales_amount) as sales_amount,
    sum(sales_lines.retail_discount_amount) as retail_discount_amount
from normalized.nf3_receipt_lines as sales_lines
inner join normalized.nf3_receipts as receipts on sales_lines.basket_id = receipts.basket_id
group by quarter_of_year
