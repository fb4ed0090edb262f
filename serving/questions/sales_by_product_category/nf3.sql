select
    classes.department,
    coalesce(classes.product_category, 'Not given') as product_category,
    count(*) as line_count,
    sum(sales_lines.sales_amount) as sales_amount
from normalized.nf3_receipt_lines as sales_lines
inner join normalized.nf3_products as products on sales_lines.product_id = products.product_id
inner join normalized.nf3_product_classes as classes on products.product_class_id = classes.product_class_id
group by classes.department, coalesce(classes.product_category, 'Not given')
