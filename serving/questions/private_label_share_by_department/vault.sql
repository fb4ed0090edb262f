with

measures as (

    select *
    from vault.sat_receipt_line_measures
    qualify row_number() over (partition by receipt_line_hk order by load_date desc) = 1

)

select
    coalesce(products.department, 'Unknown') as department,
    sum(measures.sales_amount) as sales_amount,
    coalesce(sum(measures.sales_amount) filter (where products.brand = 'Private'), 0) as private_label_sales_amount
from vault.nhl_receipt_lines as sales_lines
inner join measures on sales_lines.receipt_line_hk = measures.receipt_line_hk
inner join vault.qav_products as products on sales_lines.product_hk = products.product_hk
group by coalesce(products.department, 'Unknown')
