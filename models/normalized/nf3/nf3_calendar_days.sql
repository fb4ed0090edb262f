with

days as (

    {{ date_series(var('calendar_start'), var('calendar_end'), 'calendar_date') }}

),

holidays as (

    select * from {{ ref('us_holidays') }}

),

final as (

    select
        days.calendar_date,
        {{ grocer_week('days.calendar_date') }} as grocer_week,
        holidays.holiday_name
    from days
    left join holidays on days.calendar_date = holidays.holiday_date

)

select * from final
