with

measures as (

    select *
    from vault.sat_receipt_line_measures
    qualify row_number() over (partition by receipt_line_hk order by load_date desc) = 1

)

select
    products.department,
    sum(measures.retail_discount_amount) as retail_discount_amount,
    sum(measures.coupon_discount_amount) as coupon_discount_amount
from vault.nhl_receipt_lines as sales_lines
inner join measures on sales_lines.receipt_line_hk = measures.receipt_line_hk
inner join vault.qav_products as products on sales_lines.product_hk = products.product_hk
where products.department is not null
group by products.department
