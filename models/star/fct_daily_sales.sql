with

lines as (

    select * from {{ ref('fct_sales_lines') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

final as (

    select
        lines.date_key,
        lines.store_key,
        lines.household_key,
        products.department,
        cast(count(*) as integer) as line_count,
        cast(sum(lines.quantity) as bigint) as unit_count,
        cast(sum(lines.sales_amount) as decimal(18, 2)) as sales_amount,
        cast(sum(lines.retail_discount_amount) as decimal(18, 2)) as retail_discount_amount,
        cast(sum(lines.coupon_discount_amount) as decimal(18, 2)) as coupon_discount_amount,
        cast(sum(lines.coupon_match_discount_amount) as decimal(18, 2)) as coupon_match_discount_amount,
        min(lines.sold_date) as sold_date,
        -- Households that are not known yet share a version, and so a row.
        min(case when lines.household_key = -1 then -1 else lines.household_id end) as household_id
    from lines
    left join products on lines.product_key = products.product_key
    group by
        lines.date_key,
        lines.store_key,
        lines.household_key,
        products.department

)

select * from final
