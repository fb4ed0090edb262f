{# Fails with one row a coupon whose products' weights do not add to exactly 1. #}
with

coupon_products as (

    select * from {{ ref('bridge_coupon_products') }}

)

select
    coupon_key,
    sum(weight) as weight
from coupon_products
group by coupon_key
having sum(weight) <> 1
