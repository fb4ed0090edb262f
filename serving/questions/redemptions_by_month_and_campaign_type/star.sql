select
    campaigns.campaign_type,
    strftime(redemptions.redeemed_date, '%Y-%m') as calendar_month,
    count(*) as redemption_count,
    count(distinct redemptions.household_id) as household_count
from star.fct_coupon_redemptions as redemptions
inner join star.dim_campaigns as campaigns on redemptions.campaign_key = campaigns.campaign_key
group by calendar_month, campaigns.campaign_type
