with

tiers as (

    select
        valid_from,
        tier,
        lag(tier) over (partition by household_id order by version_number) as tier_before
    from star.dim_households
    where household_key <> -1

)

select
    tier_before,
    tier,
    strftime(valid_from, '%Y-%m') as month_of_change,
    count(*) as household_count
from tiers
where tier <> tier_before
group by month_of_change, tier_before, tier
