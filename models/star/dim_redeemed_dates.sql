{{ config(materialized='view') }}

with

dates as (

    select * from {{ ref('dim_dates') }}

),

final as (

    select
        date_key as redeemed_date_key,
        date_day as redeemed_date,
        day_name as redeemed_day_name,
        is_weekend as is_redeemed_on_weekend,
        is_holiday as is_redeemed_on_holiday,
        grocer_week as redeemed_grocer_week,
        calendar_month as redeemed_calendar_month,
        quarter_name as redeemed_quarter_name,
        year_number as redeemed_year_number
    from dates

)

select * from final
