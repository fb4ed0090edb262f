{{
    config(
        materialized='materialized_view',
        max_staleness={'input': 'fct_household_months', 'column': 'snapshot_date', 'count': 7, 'period': 'day'}
    )
}}

-- depends_on: {{ ref('mv_ledger') }}

with

household_months as (

    select * from {{ ref('fct_household_months') }}

),

lines as (

    select * from {{ ref('obt_sales_lines') }}

),

spending as (

    select
        household_id,
        calendar_month,
        sum(case when is_on_promotion then sales_amount else 0 end) as promoted_sales_amount,
        sum(case when is_home_store then sales_amount else 0 end) as home_store_sales_amount
    from lines
    group by
        household_id,
        calendar_month

),

totals as (

    select
        months.calendar_month,
        months.tier,
        cast(sum(months.visit_count) as bigint) as visit_count,
        cast(sum(months.sales_amount) as decimal(18, 2)) as sales_amount,
        cast(sum(coalesce(spending.promoted_sales_amount, 0)) as decimal(18, 2)) as promoted_sales_amount,
        cast(sum(coalesce(spending.home_store_sales_amount, 0)) as decimal(18, 2)) as home_store_sales_amount,
        bool_and(months.is_month_complete) as is_month_complete,
        count(*) as household_count,
        count(case when months.visit_count > 0 then 1 end) as active_household_count
    from household_months as months
    left join spending
        on months.household_id = spending.household_id and months.calendar_month = spending.calendar_month
    group by
        months.calendar_month,
        months.tier

),

final as (

    select
        calendar_month,
        tier,
        is_month_complete,
        household_count,
        active_household_count,
        visit_count,
        sales_amount,
        {{ divide('active_household_count', 'household_count', 'decimal(5, 4)') }} as active_household_share,
        {{ divide('sales_amount', 'active_household_count', 'decimal(12, 2)') }} as sales_per_active_household_amount,
        {{ divide('promoted_sales_amount', 'sales_amount', 'decimal(5, 4)') }} as promoted_sales_share,
        {{ divide('home_store_sales_amount', 'sales_amount', 'decimal(5, 4)') }} as home_store_sales_share
    from totals

)

select * from final
