{{ config(materialized='view') }}

with

points_in_time as (

    select * from {{ ref('pit_households') }}

),

households as (

    select * from {{ ref('hub_households') }}

),

states as (

    select * from {{ ref('bsat_household_states') }}

),

segments as (

    select * from {{ ref('bsat_household_value_segments') }}

),

final as (

    select
        households.household_id,
        cast(points_in_time.as_of_date as date) as as_of_day,
        states.home_store_id,
        states.tier,
        segments.value_segment,
        segments.trailing_sales_amount
    from points_in_time
    inner join households on points_in_time.household_hk = households.household_hk
    left join states
        on
            points_in_time.bsat_household_states_pk = states.household_hk
            and points_in_time.bsat_household_states_effective_from = states.effective_from
    -- A segment is of its own month end only.
    left join segments
        on
            points_in_time.bsat_household_value_segments_pk = segments.household_hk
            and points_in_time.bsat_household_value_segments_effective_from = segments.effective_from
            and points_in_time.as_of_date = segments.effective_from

)

select * from final
