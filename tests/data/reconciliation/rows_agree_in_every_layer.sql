{% set layers = [
    ('promotions.promotions', ref('stg_promotions__promotions'), none),
    ('promotions.promotions', ref('fct_promotions'), none),
    ('pos.products', ref('stg_pos__products'), none),
    ('pos.products', ref('nf3_products'), 'not is_inferred'),
    ('pos.products', ref('dim_products'), 'not is_inferred'),
    ('loyalty.households', ref('stg_loyalty__households'), none),
    ('loyalty.households', ref('nf3_households'), none),
    ('loyalty.households', ref('dim_households'), 'is_current and household_key <> -1'),
    ('loyalty.household_events', ref('stg_loyalty__household_events'), none),
    ('loyalty.household_events', ref('nf3_household_events'), none),
    ('loyalty.campaigns', ref('stg_loyalty__campaigns'), none),
    ('loyalty.campaigns', ref('nf3_campaigns'), none),
    ('loyalty.campaign_memberships', ref('stg_loyalty__campaign_memberships'), none),
    ('loyalty.campaign_memberships', ref('nf3_campaign_households'), none),
    ('loyalty.coupons', ref('stg_loyalty__coupons'), none),
    ('loyalty.coupons', ref('nf3_coupon_products'), none),
    ('loyalty.redemptions', ref('stg_loyalty__redemptions'), none),
    ('loyalty.redemptions', ref('nf3_coupon_redemptions'), none),
] %}

with

distinct_coupons as (

    select
        coupon_upc,
        product_id,
        campaign_id,
        count(*) as copies
    from {{ source('loyalty', 'coupons') }}
    group by
        coupon_upc,
        product_id,
        campaign_id

),

-- The loyalty system lists some coupons twice; one copy of each goes on.
repeated as (

    select
        'loyalty.coupons' as resource,
        sum(copies - 1) as row_count
    from distinct_coupons

),

expected as (

    select
        source_totals.resource,
        source_totals.row_count - coalesce(repeated.row_count, 0) as row_count
    from {{ ref('stg_meta__source_totals') }} as source_totals
    left join repeated on source_totals.resource = repeated.resource

),

actual as (

    {% for resource, relation, condition in layers %}
        {{ 'union all' if not loop.first }}
        select
            '{{ resource }}' as resource,
            '{{ relation.identifier }}' as layer,
            count(*) as row_count
        from {{ relation }}
        {% if condition %}
            where {{ condition }}
        {% endif %}
    {% endfor %}

)

select
    actual.resource,
    actual.layer,
    coalesce(expected.row_count, 0) as expected,
    actual.row_count as actual
from actual
left join expected on actual.resource = expected.resource
where actual.row_count <> coalesce(expected.row_count, 0)
