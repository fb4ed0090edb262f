select
    classes.department,
    sum(sales_lines.retail_discount_amount) as retail_discount_amount,
    sum(sales_lines.coupon_discount_amount) as coupon_discount_amount
from normalized.nf3_receipt_lines as sales_lines
inner join normalized.nf3_products as products on sales_lines.product_id = products.product_id
inner join normalized.nf3_product_classes as classes on products.product_class_id = classes.product_class_id
group by classes.department
