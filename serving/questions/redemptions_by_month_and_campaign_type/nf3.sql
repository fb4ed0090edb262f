select
    campaigns.campaign_type,
    strftime(redemptions.redeemed_date, '%Y-%m') as calendar_month,
    count(*) as redemption_count,
    count(distinct redemptions.household_id) as household_count
from normalized.nf3_coupon_redemptions as redemptions
inner join normalized.nf3_campaigns as campaigns on redemptions.campaign_id = campaigns.campaign_id
group by calendar_month, campaigns.campaign_type
