{#
    coupon_key(coupon_upc, campaign_id): a coupon's key in the star, the eleven digits of its code before three of its campaign: a printed code
    returns in later campaigns with other products.

    {{ coupon_key('coupons.coupon_upc', 'coupons.campaign_id') }} as coupon_key
#}
{% macro coupon_key(coupon_upc, campaign_id) -%}
    cast({{ coupon_upc }} as bigint) * 1000 + {{ campaign_id }}
{%- endmacro %}
