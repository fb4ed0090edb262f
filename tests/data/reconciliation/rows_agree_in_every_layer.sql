{% set layers = [
    ('promotions.promotions', ref('stg_promotions__promotions'), 'true'),
    ('promotions.promotions', ref('fct_promotions'), 'true'),
    ('pos.products', ref('stg_pos__products'), 'true'),
    ('pos.products', ref('nf3_products'), 'not is_inferred'),
    ('pos.products', ref('dim_products'), 'not is_inferred'),
    ('loyalty.households', ref('stg_loyalty__households'), 'true'),
    ('loyalty.households', ref('nf3_households'), 'not is_inferred'),
    ('loyalty.households', ref('dim_households'), 'is_current and household_id in (select household_id from listed_households)'),
    ('loyalty.household_events', ref('stg_loyalty__household_events'), 'true'),
    ('loyalty.household_events', ref('nf3_household_events'), 'true'),
    ('loyalty.campaigns', ref('stg_loyalty__campaigns'), 'true'),
    ('loyalty.campaigns', ref('nf3_campaigns'), 'not is_inferred'),
    ('loyalty.campaigns', ref('dim_campaigns'), 'not is_inferred and campaign_key <> -1'),
    ('loyalty.campaign_memberships', ref('stg_loyalty__campaign_memberships'), 'true'),
    ('loyalty.campaign_memberships', ref('nf3_campaign_households'), 'true'),
    ('loyalty.coupons', ref('stg_loyalty__coupons'), 'true'),
    ('loyalty.coupons', ref('nf3_coupon_products'), 'true'),
    ('loyalty.redemptions', ref('stg_loyalty__redemptions'), 'true'),
    ('loyalty.redemptions', ref('nf3_coupon_redemptions'), 'true'),
    ('promotions.promotions', ref('qav_promotion_placements'), 'true'),
    ('pos.products', ref('qav_products'), 'manufacturer_id is not null'),
    ('loyalty.campaigns', ref('qav_campaigns'), 'campaign_type is not null'),
    ('loyalty.campaign_memberships', ref('lnk_campaign_household'), 'true'),
    ('loyalty.coupons', ref('lnk_coupon_product_campaign'), 'true'),
    ('loyalty.redemptions', ref('lnk_redemptions'), 'true'),
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

listed_households as (

    select household_id from {{ ref('nf3_households') }}
    where not is_inferred

),

-- The loyalty system lists some coupons twice; one copy of each goes on.
repeated as (

    select
        'loyalty.coupons' as resource_name,
        sum(copies - 1) as row_count
    from distinct_coupons

),

expected as (

    select
        source_totals.resource as resource_name,
        source_totals.row_count - coalesce(repeated.row_count, 0) as row_count
    from {{ ref('stg_meta__source_totals') }} as source_totals
    left join repeated on source_totals.resource = repeated.resource_name

),

actual as (

    {% for resource, relation, condition in layers %}
    {{ 'union all' if not loop.first }}
    select
        '{{ resource }}' as resource_name,
        '{{ relation.identifier }}' as layer,
        count(*) as row_count
    from {{ relation }}
    where {{ condition }}
    {% endfor %}

)

select
    actual.resource_name,
    actual.layer,
    actual.row_count as actual,
    coalesce(expected.row_count, 0) as expected
from actual
left join expected on actual.resource_name = expected.resource_name
where actual.row_count <> coalesce(expected.row_count, 0)
