{{ config(post_hook="{{ further_batches('basket_id', ref('obt_sales_lines')) }}") }}

{% set fields = nested_line_fields() %}

with

lines as (

    select * from {{ ref('obt_sales_lines') }}
    where {{ batch_of('basket_id', ref('obt_sales_lines')) }}

),

-- The head is the same on each of a receipt's lines, so its columns are part of the group and not an aggregate.
final as (

    select
        basket_id,
        household_id,
        household_key,
        store_id,
        sold_at,
        sold_local_at,
        sold_date,
        sold_hour,
        grocer_week,
        tier,
        is_home_store,
        cast(count(*) as integer) as line_count,
        cast(sum(quantity) as bigint) as quantity,
        cast(sum(sales_amount) as decimal(18, 2)) as sales_amount,
        cast(sum(retail_discount_amount) as decimal(18, 2)) as retail_discount_amount,
        cast(sum(coupon_discount_amount) as decimal(18, 2)) as coupon_discount_amount,
        cast(sum(coupon_match_discount_amount) as decimal(18, 2)) as coupon_match_discount_amount,
        -- The linter's list of keywords has the word; neither engine reserves it.
        {{ collect_rows(fields) }} as lines -- noqa: RF04
    from lines
    group by
        basket_id,
        household_id,
        household_key,
        store_id,
        sold_at,
        sold_local_at,
        sold_date,
        sold_hour,
        grocer_week,
        tier,
        is_home_store

)

select * from final
