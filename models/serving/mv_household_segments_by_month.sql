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

totals as (

    select
        calendar_month,
        tier,
        cast(sum(visit_count) as bigint) as visit_count,
        cast(sum(sales_amount) as decimal(18, 2)) as sales_amount,
        bool_and(is_month_complete) as is_month_complete,
        count(*) as household_count,
        count(case when visit_count > 0 then 1 end) as active_household_count
    from household_months
    group by
        calendar_month,
        tier

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
        {{ divide('sales_amount', 'active_household_count', 'decimal(12, 2)') }} as sales_per_active_household_amount
    from totals

)

select * from final
