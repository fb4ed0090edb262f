select
    campaigns.campaign_type,
    strftime(redemptions.redeemed_date, '%Y-%m') as calendar_month,
    count(*) as redemption_count,
    count(distinct redemptions.household_hk) as household_count
from vault.lnk_redemptions as redemptions
inner join vault.qav_campaigns as campaigns on redemptions.campaign_hk = campaigns.campaign_hk
group by calendar_month, campaigns.campaign_type
