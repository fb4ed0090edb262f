with

calendar_days as (

    select * from {{ ref('nf3_calendar_days') }}

),

weeks as (

    select * from {{ ref('nf3_weeks') }}

),

days_with_parts as (

    select
        calendar_date,
        grocer_week,
        holiday_name,
        cast(extract(year from calendar_date) as integer) as year_number,
        cast(extract(quarter from calendar_date) as integer) as quarter_number,
        cast(extract(month from calendar_date) as integer) as month_number,
        cast(extract(day from calendar_date) as integer) as day_of_month,
        cast(extract(doy from calendar_date) as integer) as day_of_year,
        -- Sunday is 0 on one engine and 7 on the other; Monday is 1 on both.
        cast((extract(dow from calendar_date) + 6) % 7 + 1 as integer) as day_of_week,
        cast(extract(week from calendar_date) as integer) as iso_week,
        -- An ISO week belongs to the year of its Thursday.
        cast(date_trunc('week', calendar_date) + interval '3' day as date) as iso_week_thursday
    from calendar_days

),

final as (

    select
        parts.calendar_date as date_day,
        parts.year_number,
        parts.quarter_number,
        parts.month_number,
        parts.iso_week,
        parts.day_of_month,
        parts.day_of_year,
        parts.day_of_week,
        parts.grocer_week,
        weeks.first_date as grocer_week_first_date,
        weeks.last_date as grocer_week_last_date,
        cast(extract(year from parts.iso_week_thursday) as integer) as iso_year,
        parts.year_number * 10000 + parts.month_number * 100 + parts.day_of_month as date_key,
        cast(parts.year_number as varchar) || '-Q' || cast(parts.quarter_number as varchar) as quarter_name,
        split_part(
            'January,February,March,April,May,June,July,August,September,October,November,December',
            ',',
            parts.month_number
        ) as month_name,
        substr(cast(parts.calendar_date as varchar), 1, 7) as calendar_month,
        split_part('Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday', ',', parts.day_of_week) as day_name,
        parts.day_of_week >= 6 as is_weekend,
        coalesce(parts.holiday_name, 'Not a holiday') as holiday_name,
        parts.holiday_name is not null as is_holiday
    from days_with_parts as parts
    left join weeks on parts.grocer_week = weeks.grocer_week

)

select * from final
