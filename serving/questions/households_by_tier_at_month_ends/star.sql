with

month_ends as (

    select
        cast(unnest(generate_series(date '2017-02-01', date '2018-01-01', interval 1 month)) as date)
        - 1 as month_end_date

)

select
    month_ends.month_end_date,
    households.tier,
    count(*) as household_count
from month_ends
inner join star.dim_households as households
    on
        month_ends.month_end_date >= households.valid_from
        and (month_ends.month_end_date < households.valid_to or households.valid_to is null)
where households.tier is not null and households.household_key <> -1
group by month_ends.month_end_date, households.tier
