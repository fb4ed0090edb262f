with

redeeming as (

    select distinct
        campaign_hk,
        household_hk
    from vault.lnk_redemptions

)

select
    campaigns.campaign_id,
    campaigns.campaign_type,
    count(*) as addressed_household_count,
    count(redeeming.household_hk) as redeeming_household_count
from vault.lnk_campaign_household as targets
inner join vault.qav_campaigns as campaigns on targets.campaign_hk = campaigns.campaign_hk
left join redeeming
    on
        targets.campaign_hk = redeeming.campaign_hk
        and targets.household_hk = redeeming.household_hk
group by campaigns.campaign_id, campaigns.campaign_type
