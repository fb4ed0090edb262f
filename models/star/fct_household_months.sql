{% set compared_columns = [
    'date_key', 'household_key', 'household_profile_key', 'snapshot_date', 'is_month_complete', 'tier', 'visit_count', 'sales_amount',
    'sales_to_date_amount', 'last_visit_date', 'days_since_last_visit',
] %}

{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key='household_month_key',
        on_schema_change='fail'
    )
}}

with

visits as (

    select * from {{ ref('fct_store_visits') }}

),

households as (

    select * from {{ ref('nf3_households') }}

),

clock as (

    select * from {{ ref('nf3_clock') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

household_versions as (

    select
        household_key,
        household_id,
        valid_from,
        valid_to,
        tier,
        {{ household_profile_key() }} as household_profile_key
    from {{ ref('dim_households') }}

),

months as (

    select
        calendar_month,
        year_number * 100 + month_number as month_key,
        min(date_day) as first_date,
        max(date_day) as last_date
    from dates
    group by
        calendar_month,
        year_number,
        month_number

),

-- The month that is not over yet is measured on the clock's day.
household_months as (

    select
        households.household_id,
        months.calendar_month,
        cast(households.household_id as bigint) * 1000000 + months.month_key as household_month_key,
        months.last_date <= clock.as_of_date as is_month_complete,
        least(months.last_date, clock.as_of_date) as snapshot_date
    from households
    inner join months on households.enrolled_date <= months.last_date
    inner join clock on months.first_date <= clock.as_of_date

),

months_with_visits as (

    select
        visits.household_id,
        dates.calendar_month,
        cast(count(*) as integer) as visit_count,
        cast(sum(visits.sales_amount) as decimal(18, 2)) as sales_amount,
        max(visits.sold_date) as last_visit_date
    from visits
    inner join dates on visits.date_key = dates.date_key
    group by
        visits.household_id,
        dates.calendar_month

),

months_with_the_past as (

    select
        household_months.household_id,
        household_months.calendar_month,
        household_months.household_month_key,
        household_months.is_month_complete,
        household_months.snapshot_date,
        coalesce(months_with_visits.visit_count, 0) as visit_count,
        coalesce(months_with_visits.sales_amount, 0) as sales_amount,
        sum(coalesce(months_with_visits.sales_amount, 0)) over so_far as sales_to_date_amount,
        max(months_with_visits.last_visit_date) over so_far as last_visit_date
    from household_months
    left join months_with_visits
        on
            household_months.household_id = months_with_visits.household_id
            and household_months.calendar_month = months_with_visits.calendar_month
    window so_far as (
        partition by household_months.household_id
        order by household_months.calendar_month
        rows between unbounded preceding and current row
    )

),

months_as_they_are as (

    select
        months.household_month_key,
        dates.date_key,
        coalesce(household_versions.household_key, -1) as household_key,
        coalesce(household_versions.household_profile_key, -1) as household_profile_key,
        months.household_id,
        months.calendar_month,
        months.snapshot_date,
        months.is_month_complete,
        coalesce(household_versions.tier, 'Unknown') as tier,
        months.visit_count,
        cast(months.sales_amount as decimal(18, 2)) as sales_amount,
        cast(months.sales_to_date_amount as decimal(18, 2)) as sales_to_date_amount,
        months.last_visit_date,
        cast(
            {{ dbt.datediff('months.last_visit_date', 'months.snapshot_date', 'day') }}
            as integer
        ) as days_since_last_visit
    from months_with_the_past as months
    left join dates on months.snapshot_date = dates.date_day
    left join household_versions
        on
            months.household_id = household_versions.household_id
            and {{ holds_on('household_versions', 'months.snapshot_date') }}

),

final as (

    {{ changed_rows('months_as_they_are', 'household_month_key', compared_columns) }}

)

select * from final
