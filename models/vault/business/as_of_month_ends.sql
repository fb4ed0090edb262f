with

days as (

    {{ date_series(var('grocer_year_start'), var('grocer_year_end'), 'calendar_date') }}

),

clock as (

    select * from {{ ref('stg_meta__clock') }}

),

month_ends as (

    select max(days.calendar_date) as month_end_date
    from days
    inner join clock on days.calendar_date <= clock.as_of_date
    group by extract(month from days.calendar_date)

),

-- The month that is not over yet ends with the clock's day.
final as (

    select
        month_end_date,
        cast(month_end_date as timestamp(6)) + interval '86399' second as as_of_date
    from month_ends

)

select * from final
