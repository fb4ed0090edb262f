-- depends_on: {{ ref('mv_campaign_funnel') }}
-- depends_on: {{ ref('mv_household_segments_by_month') }}
-- depends_on: {{ ref('mv_promotion_share_by_week') }}
-- depends_on: {{ ref('mv_sales_by_week_and_department') }}

with

refreshes as (

    select * from {{ ref('mv_ledger') }}

),

inputs as (

    {{ materialized_view_inputs() }}

),

last_refreshes as (

    select
        materialized_view,
        refreshed_at,
        kind,
        row_count,
        seconds,
        input_until,
        row_number() over (
            partition by materialized_view
            order by refreshed_at desc
        ) as refresh_from_last
    from refreshes

),

compared as (

    select
        inputs.materialized_view,
        inputs.input,
        last_refreshes.refreshed_at,
        last_refreshes.kind,
        last_refreshes.row_count,
        last_refreshes.seconds,
        last_refreshes.input_until as holds_until,
        inputs.input_until,
        inputs.max_staleness_hours,
        cast(
            {{ dbt.datediff('last_refreshes.input_until', 'inputs.input_until', 'hour') }}
            as bigint
        ) as hours_behind
    from inputs
    left join last_refreshes
        on inputs.materialized_view = last_refreshes.materialized_view and last_refreshes.refresh_from_last = 1

),

final as (

    select
        materialized_view,
        input,
        refreshed_at,
        kind,
        row_count,
        seconds,
        holds_until,
        input_until,
        hours_behind,
        max_staleness_hours,
        -- One that was never refreshed, or that saw nothing of what the input holds by now, is too old by any measure.
        input_until is not null and coalesce(hours_behind > max_staleness_hours, true) as is_stale
    from compared

)

select * from final
