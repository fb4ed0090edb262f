select
    campaign_id,
    count(distinct coupon_upc) as coupon_count,
    count(*) as coupon_product_count,
    count(distinct product_id) as product_count
from normalized.nf3_coupon_products
group by campaign_id
