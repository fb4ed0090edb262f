with

days as (

    {{ date_series(var('grocer_year_start'), var('grocer_year_end'), 'calendar_date') }}

),

days_with_week as (

    select
        calendar_date,
        {{ grocer_week('calendar_date') }} as grocer_week
    from days

),

final as (

    select
        grocer_week,
        min(calendar_date) as first_date,
        max(calendar_date) as last_date
    from days_with_week
    group by grocer_week

)

select * from final
