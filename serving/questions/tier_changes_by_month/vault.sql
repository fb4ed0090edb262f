with

starts as (

    select distinct
        household_hk,
        tier,
        start_date
    from vault.eff_household_tiers

),

tiers as (

    select
        start_date,
        tier,
        lag(tier) over (partition by household_hk order by start_date) as tier_before
    from starts

)

select
    tier_before,
    tier,
    strftime((start_date at time zone 'UTC') at time zone 'America/New_York', '%Y-%m') as month_of_change,
    count(*) as household_count
from tiers
where tier <> tier_before
group by month_of_change, tier_before, tier
