with

month_ends as (

    select cast(first_date - interval 1 day as date) as month_end_date
    from generate_series(timestamp '2017-02-01', timestamp '2018-01-01', interval 1 month) as months (first_date)

),

tiers as (

    select
        household_id,
        tier,
        occurred_date as valid_from,
        lead(occurred_date) over (partition by household_id order by occurred_at, event_id) as valid_to
    from normalized.nf3_household_events
    where tier is not null

)

select
    month_ends.month_end_date,
    tiers.tier,
    count(*) as household_count
from month_ends
inner join tiers
    on
        month_ends.month_end_date >= tiers.valid_from
        and (month_ends.month_end_date < tiers.valid_to or tiers.valid_to is null)
group by month_ends.month_end_date, tiers.tier
