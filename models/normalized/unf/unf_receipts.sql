{{ config(post_hook="{{ further_batches('basket_id', ref('stg_pos__transactions')) }}") }}

{% set fields = receipt_line_fields() %}

with

lines as (

    select * from {{ ref('stg_pos__transactions') }}
    where {{ batch_of('basket_id', ref('stg_pos__transactions')) }}

),

products as (

    select * from {{ ref('stg_pos__products') }}

),

-- A receipt prints each product's text. 17 products are sold that the catalogue lacks: their lines stay, without text.
printed_lines as (

    select
        lines.basket_id,
        lines.household_id,
        lines.store_id,
        lines.sold_at,
        lines.sold_local_at,
        lines.sold_date,
        lines.grocer_week,
        lines.product_id,
        products.department,
        products.product_category,
        products.product_type,
        products.package_size,
        products.manufacturer_id,
        products.brand,
        lines.till_sequence,
        lines.first_till_sequence,
        lines.quantity,
        lines.sales_amount,
        lines.retail_discount_amount,
        lines.coupon_discount_amount,
        lines.coupon_match_discount_amount
    from lines
    left join products on lines.product_id = products.product_id

),

-- The head of a receipt is printed once, so its columns are part of the group and not an aggregate.
final as (

    select
        basket_id,
        household_id,
        store_id,
        sold_at,
        sold_local_at,
        sold_date,
        grocer_week,
        -- The linter's list of keywords has the word; neither engine reserves it.
        {{ collect_rows(fields) }} as lines -- noqa: RF04
    from printed_lines
    group by
        basket_id,
        household_id,
        store_id,
        sold_at,
        sold_local_at,
        sold_date,
        grocer_week

)

select * from final
