{#
    Fails with one row a dimension that has no member, or several, for what is not known or does not apply: a fact that needs it would lose its
    row in a join, on a day when nobody looks.
#}
{% set members = [
    ('dim_campaigns', 'campaign_key', -1),
    ('dim_coupons', 'coupon_key', -1),
    ('dim_household_profiles', 'household_profile_key', 0),
    ('dim_household_profiles', 'household_profile_key', -1),
    ('dim_households', 'household_key', -1),
] %}

with

found as (

    {% for dimension, key, member in members %}
    {{ 'union all' if not loop.first }}
    select
        '{{ dimension }}' as dimension,
        {{ member }} as member,
        count(*) as row_count
    from {{ ref(dimension) }}
    where {{ key }} = {{ member }}
    {% endfor %}

)

select
    dimension,
    member,
    row_count
from found
where row_count <> 1
