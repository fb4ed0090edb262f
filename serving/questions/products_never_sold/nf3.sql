select
    classes.department,
    count(*) as product_count
from normalized.nf3_products as products
inner join normalized.nf3_product_classes as classes on products.product_class_id = classes.product_class_id
left join normalized.nf3_receipt_lines as sales_lines on products.product_id = sales_lines.product_id
where sales_lines.product_id is null
group by classes.department
