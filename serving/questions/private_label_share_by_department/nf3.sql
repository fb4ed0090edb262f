select
    coalesce(classes.department, 'Unknown') as department,
    sum(sales_lines.sales_amount) as sales_amount,
    coalesce(sum(sales_lines.sales_amount) filter (where manufacturers.brand = 'Private'), 0)
        as private_label_sales_amount
from normalized.nf3_receipt_lines as sales_lines
inner join normalized.nf3_products as products on sales_lines.product_id = products.product_id
left join normalized.nf3_product_classes as classes on products.product_class_id = classes.product_class_id
left join normalized.nf3_manufacturers as manufacturers on products.manufacturer_id = manufacturers.manufacturer_id
group by coalesce(classes.department, 'Unknown')
