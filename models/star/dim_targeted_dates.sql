{{ config(materialized='view') }}

with

dates as (

    select * from {{ ref('dim_dates') }}

),

final as (

    select
        date_key as targeted_date_key,
        date_day as targeted_date,
        day_name as targeted_day_name,
        is_weekend as is_targeted_on_weekend,
        is_holiday as is_targeted_on_holiday,
        grocer_week as targeted_grocer_week,
        calendar_month as targeted_calendar_month,
        quarter_name as targeted_quarter_name,
        year_number as targeted_year_number
    from dates

)

select * from final
