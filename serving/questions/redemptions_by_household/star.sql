select
    household_id,
    count(*) as redemption_count,
    count(distinct campaign_id) as campaign_count,
    min(redeemed_date) as first_redeemed_date
from star.fct_coupon_redemptions
group by household_id
