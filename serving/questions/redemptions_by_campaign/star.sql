select
    campaigns.campaign_id,
    campaigns.campaign_type,
    count(*) as addressed_household_count,
    count(responses.days_to_first_redemption) as redeeming_household_count
from star.fct_campaign_responses as responses
inner join star.dim_campaigns as campaigns on responses.campaign_key = campaigns.campaign_key
group by campaigns.campaign_id, campaigns.campaign_type
