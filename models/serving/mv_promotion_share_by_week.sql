{{
    config(
        materialized='materialized_view',
        incremental_refresh={
            'input': 'obt_sales_lines',
            'watermark': 'till_sequence',
            'groups': ['grocer_week'],
            'unchanged': [
                'sum(promotion_count)',
                'sum(case when is_on_promotion then till_sequence else 0 end)',
                'sum(case when is_on_display then till_sequence else 0 end)',
                'sum(case when is_in_mailer then till_sequence else 0 end)'
            ]
        },
        max_staleness={'input': 'obt_sales_lines', 'column': 'sold_at', 'count': 1, 'period': 'day'}
    )
}}

-- depends_on: {{ ref('mv_ledger') }}

with

lines as (

    select * from {{ ref('obt_sales_lines') }}

),

totals as (

    select
        grocer_week,
        cast(sum(case when is_on_promotion then 1 else 0 end) as bigint) as promoted_line_count,
        cast(sum(sales_amount) as decimal(18, 2)) as sales_amount,
        cast(sum(case when is_on_promotion then sales_amount else 0 end) as decimal(18, 2)) as promoted_sales_amount,
        cast(sum(case when is_on_display then sales_amount else 0 end) as decimal(18, 2)) as displayed_sales_amount,
        cast(sum(case when is_in_mailer then sales_amount else 0 end) as decimal(18, 2)) as mailed_sales_amount,
        min(grocer_week_first_date) as grocer_week_first_date,
        count(*) as line_count
    from lines
    group by grocer_week

),

final as (

    select
        grocer_week,
        grocer_week_first_date,
        line_count,
        promoted_line_count,
        sales_amount,
        promoted_sales_amount,
        displayed_sales_amount,
        mailed_sales_amount,
        {{ divide('promoted_sales_amount', 'sales_amount', 'decimal(5, 4)') }} as promoted_sales_share
    from totals

)

select * from final
