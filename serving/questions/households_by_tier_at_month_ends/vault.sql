with

month_ends as (

    select cast(first_date - interval 1 day as date) as month_end_date
    from generate_series(timestamp '2017-02-01', timestamp '2018-01-01', interval 1 month) as months (first_date)

),

tiers as (

    select
        household_hk,
        tier,
        start_date,
        min(end_date) as end_date
    from vault.eff_household_tiers
    group by household_hk, tier, start_date

)

select
    month_ends.month_end_date,
    tiers.tier,
    count(*) as household_count
from month_ends
inner join tiers
    on
        (month_ends.month_end_date + 1)
        > cast((tiers.start_date at time zone 'UTC') at time zone 'America/New_York' as date)
        and (month_ends.month_end_date + 1)
        <= cast((tiers.end_date at time zone 'UTC') at time zone 'America/New_York' as date)
group by month_ends.month_end_date, tiers.tier
