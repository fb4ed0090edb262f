with

measures as (

    select *
    from vault.sat_receipt_line_measures
    qualify row_number() over (partition by receipt_line_hk order by load_date desc) = 1

)

select
    products.department,
    coalesce(products.product_category, 'Not given') as product_category,
    count(*) as line_count,
    sum(measures.sales_amount) as sales_amount
from vault.nhl_receipt_lines as sales_lines
inner join measures on sales_lines.receipt_line_hk = measures.receipt_line_hk
inner join vault.qav_receipts as receipts on sales_lines.receipt_hk = receipts.receipt_hk
inner join vault.qav_products as products on sales_lines.product_hk = products.product_hk
where products.manufacturer_id is not null
group by products.department, coalesce(products.product_category, 'Not given')
