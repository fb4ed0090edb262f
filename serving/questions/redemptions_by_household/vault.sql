select
    households.household_id,
    count(*) as redemption_count,
    count(distinct redemptions.campaign_hk) as campaign_count,
    min(redemptions.redeemed_date) as first_redeemed_date
from vault.lnk_redemptions as redemptions
inner join vault.hub_households as households on redemptions.household_hk = households.household_hk
group by households.household_id
