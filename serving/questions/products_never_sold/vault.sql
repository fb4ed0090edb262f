select
    products.department,
    count(*) as product_count
from vault.qav_products as products
left join vault.nhl_receipt_lines as sales_lines on products.product_hk = sales_lines.product_hk
where sales_lines.product_hk is null and products.department is not null
group by products.department
