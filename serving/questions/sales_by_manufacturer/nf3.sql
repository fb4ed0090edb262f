select
    manufacturers.manufacturer_id,
    manufacturers.brand,
    count(*) as line_count,
    sum(sales_lines.sales_amount) as sales_amount
from normalized.nf3_receipt_lines as sales_lines
inner join normalized.nf3_receipts as receipts on sales_lines.basket_id = receipts.basket_id
inner join normalized.nf3_products as products on sales_lines.product_id = products.product_id
inner join normalized.nf3_manufacturers as manufacturers on products.manufacturer_id = manufacturers.manufacturer_id
group by manufacturers.manufacturer_id, manufacturers.brand
