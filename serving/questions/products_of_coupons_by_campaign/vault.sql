select
    campaigns.campaign_id,
    count(distinct links.coupon_hk) as coupon_count,
    count(*) as coupon_product_count,
    count(distinct links.product_hk) as product_count
from vault.lnk_coupon_product_campaign as links
inner join vault.hub_campaigns as campaigns on links.campaign_hk = campaigns.campaign_hk
group by campaigns.campaign_id
