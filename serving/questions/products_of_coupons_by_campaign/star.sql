select
    coupons.campaign_id,
    count(distinct coupons.coupon_upc) as coupon_count,
    count(*) as coupon_product_count,
    count(distinct bridge.product_key) as product_count
from star.bridge_coupon_products as bridge
inner join star.dim_coupons as coupons on bridge.coupon_key = coupons.coupon_key
group by coupons.campaign_id
