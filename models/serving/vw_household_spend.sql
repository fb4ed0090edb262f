with

lines as (

    select * from {{ ref('obt_sales_lines') }}

),

current_households as (

    select * from {{ ref('dim_households') }}
    where is_current

),

totals as (

    select
        household_id,
        cast(sum(sales_amount) as decimal(18, 2)) as sales_amount,
        cast(sum(retail_discount_amount) as decimal(18, 2)) as retail_discount_amount,
        cast(sum(coupon_discount_amount) as decimal(18, 2)) as coupon_discount_amount,
        cast(sum(coupon_match_discount_amount) as decimal(18, 2)) as coupon_match_discount_amount,
        cast(sum(case when is_on_promotion then sales_amount else 0 end) as decimal(18, 2)) as promoted_sales_amount,
        cast(sum(case when is_home_store then sales_amount else 0 end) as decimal(18, 2)) as home_store_sales_amount,
        min(sold_date) as first_sale_date,
        max(sold_date) as last_sale_date,
        count(distinct basket_id) as receipt_count,
        count(*) as line_count
    from lines
    group by household_id

),

final as (

    select
        totals.household_id,
        coalesce(households.tier, 'Unknown') as tier,
        households.home_store_id,
        households.enrolled_date,
        totals.first_sale_date,
        totals.last_sale_date,
        totals.receipt_count,
        totals.line_count,
        totals.sales_amount,
        totals.retail_discount_amount,
        totals.coupon_discount_amount,
        totals.coupon_match_discount_amount,
        {{ divide('totals.sales_amount', 'totals.receipt_count', 'decimal(12, 2)') }} as average_receipt_amount,
        {{ divide('totals.promoted_sales_amount', 'totals.sales_amount', 'decimal(5, 4)') }} as promoted_sales_share,
        {{ divide('totals.home_store_sales_amount', 'totals.sales_amount', 'decimal(5, 4)') }} as home_store_sales_share
    from totals
    left join current_households as households on totals.household_id = households.household_id

)

select * from final
