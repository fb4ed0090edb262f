with

tiers as (

    select
        occurred_date,
        tier,
        lag(tier) over (partition by household_id order by occurred_at, event_id) as tier_before
    from normalized.nf3_household_events
    where tier is not null

)

select
    tier_before,
    tier,
    strftime(occurred_date, '%Y-%m') as month_of_change,
    count(*) as household_count
from tiers
where tier <> tier_before
group by month_of_change, tier_before, tier
