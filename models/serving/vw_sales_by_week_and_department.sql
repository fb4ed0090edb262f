with

lines as (

    select * from {{ ref('obt_sales_lines') }}

),

totals as (

    select
        grocer_week,
        grocer_week_first_date,
        department,
        cast(sum(sales_amount) as decimal(18, 2)) as sales_amount,
        cast(sum(retail_discount_amount) as decimal(18, 2)) as retail_discount_amount,
        cast(sum(coupon_discount_amount) as decimal(18, 2)) as coupon_discount_amount,
        cast(sum(coupon_match_discount_amount) as decimal(18, 2)) as coupon_match_discount_amount,
        cast(sum(case when is_on_promotion then sales_amount else 0 end) as decimal(18, 2)) as promoted_sales_amount,
        count(distinct basket_id) as receipt_count,
        count(distinct household_id) as household_count,
        count(*) as line_count
    from lines
    group by
        grocer_week,
        grocer_week_first_date,
        department

),

final as (

    select
        grocer_week,
        grocer_week_first_date,
        department,
        receipt_count,
        household_count,
        line_count,
        sales_amount,
        retail_discount_amount,
        coupon_discount_amount,
        coupon_match_discount_amount,
        promoted_sales_amount,
        {{ divide('promoted_sales_amount', 'sales_amount', 'decimal(5, 4)') }} as promoted_sales_share
    from totals

)

select * from final
