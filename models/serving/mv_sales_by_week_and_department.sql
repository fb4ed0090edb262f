{{
    config(
        materialized='materialized_view',
        incremental_refresh={'input': 'fct_sales_lines', 'watermark': 'till_sequence', 'groups': ['grocer_week']},
        max_staleness={'input': 'fct_sales_lines', 'column': 'sold_at', 'count': 1, 'period': 'day'}
    )
}}

-- depends_on: {{ ref('mv_ledger') }}

with

lines as (

    select * from {{ ref('fct_sales_lines') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

final as (

    select
        lines.grocer_week,
        products.department,
        cast(sum(lines.sales_amount) as decimal(18, 2)) as sales_amount,
        cast(sum(lines.retail_discount_amount) as decimal(18, 2)) as retail_discount_amount,
        cast(sum(lines.coupon_discount_amount) as decimal(18, 2)) as coupon_discount_amount,
        cast(sum(lines.coupon_match_discount_amount) as decimal(18, 2)) as coupon_match_discount_amount,
        count(distinct lines.basket_id) as receipt_count,
        count(distinct lines.household_id) as household_count,
        count(*) as line_count,
        min(lines.sold_date) as first_sale_date,
        max(lines.sold_date) as last_sale_date
    from lines
    inner join products on lines.product_key = products.product_key
    group by
        lines.grocer_week,
        products.department

)

select * from final
