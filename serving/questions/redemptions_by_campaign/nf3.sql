with

redeeming as (

    select distinct
        campaign_id,
        household_id
    from normalized.nf3_coupon_redemptions

)

select
    targets.campaign_id,
    campaigns.campaign_type,
    count(*) as addressed_household_count,
    count(redeeming.household_id) as redeeming_household_count
from normalized.nf3_campaign_households as targets
inner join normalized.nf3_campaigns as campaigns on targets.campaign_id = campaigns.campaign_id
left join redeeming
    on
        targets.campaign_id = redeeming.campaign_id
        and targets.household_id = redeeming.household_id
group by targets.campaign_id, campaigns.campaign_type
