with

days as (

    {{ date_series(var('grocer_year_start'), var('grocer_year_end'), 'calendar_date') }}

),

clock as (

    select * from {{ ref('stg_meta__clock') }}

),

month_ends as (

    select
        calendar_date as month_end_date,
        {{ local_to_utc(dbt.dateadd('day', 1, "cast(calendar_date as timestamp)")) }} as next_month_at
    from days
    where extract(day from {{ dbt.dateadd('day', 1, "cast(calendar_date as timestamp)") }}) = 1

),

final as (

    select
        month_ends.month_end_date,
        month_ends.next_month_at - interval '0.001' second as as_of_date
    from month_ends
    inner join clock on month_ends.next_month_at <= clock.as_of

)

select * from final
