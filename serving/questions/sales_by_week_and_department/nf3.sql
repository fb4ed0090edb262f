select
    calendar_days.grocer_week,
    coalesce(classes.department, 'Unknown') as department,
    count(distinct sales_lines.basket_id) as receipt_count,
    sum(sales_lines.sales_amount) as sales_amount
from normalized.nf3_receipt_lines as sales_lines
inner join normalized.nf3_receipts as receipts on sales_lines.basket_id = receipts.basket_id
inner join normalized.nf3_calendar_days as calendar_days on receipts.sold_date = calendar_days.calendar_date
inner join normalized.nf3_products as products on sales_lines.product_id = products.product_id
left join normalized.nf3_product_classes as classes on products.product_class_id = classes.product_class_id
group by calendar_days.grocer_week, coalesce(classes.department, 'Unknown')
