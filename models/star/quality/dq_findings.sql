{# What is named and not listed: rule, the member's number, the members concerned, who names them, on which day. #}
{% set lookups = [
    {
        'rule': 'product_not_in_catalogue', 'id': 'product_id', 'members': 'inferred_products',
        'details': 'The till has no such product in its catalogue; dim_products has it with is_inferred.',
        'mentions': [
            ('pos.transactions', 'sales', 'sold_date'),
            ('loyalty.coupons', 'coupon_products', none),
            ('promotions.promotions', 'promotions_of_weeks', 'first_date'),
        ],
    },
    {
        'rule': 'store_without_sales', 'id': 'store_id', 'members': 'stores_without_sales',
        'details': 'No receipt is from this store, and no system lists the stores; dim_stores has it without days of sale.',
        'mentions': [
            ('promotions.promotions', 'promotions_of_weeks', 'first_date'),
            ('loyalty.household_events', 'home_stores', 'occurred_date'),
        ],
    },
    {
        'rule': 'household_not_in_loyalty', 'id': 'household_id', 'members': 'inferred_households',
        'details': 'The loyalty system does not list this household; without events, its facts point at key -1.',
        'mentions': [
            ('pos.transactions', 'sales', 'sold_date'),
            ('loyalty.household_events', 'events', 'occurred_date'),
            ('loyalty.campaign_memberships', 'targets', 'targeted_date'),
            ('loyalty.redemptions', 'redemptions', 'redeemed_date'),
        ],
    },
    {
        'rule': 'campaign_not_in_loyalty', 'id': 'campaign_id', 'members': 'inferred_campaigns',
        'details': 'The loyalty system does not list this campaign; dim_campaigns has it with is_inferred, its days unknown.',
        'mentions': [
            ('loyalty.campaign_memberships', 'targets', 'targeted_date'),
            ('loyalty.coupons', 'coupon_products', none),
            ('loyalty.redemptions', 'redemptions', 'redeemed_date'),
        ],
    },
] %}
{# What cannot be right beside the other rows: rule, the rows concerned, and what is wrong with them. #}
{% set event_rules = [
    ('household_event_out_of_order', 'is_out_of_order', 'An event of the household with a lower number happened later.'),
    ('household_event_before_enrolment', 'is_before_enrolment', 'The household enrolled after this moment.'),
    ('household_event_twice', 'is_repeated', 'The household has an event of this type and moment, or has enrolled, under a lower number.'),
] %}
{% set redemption_rules = [
    ('redemption_outside_campaign', 'is_outside_campaign', 'The day is before the first or after the last day of the campaign.'),
    ('redemption_by_untargeted_household', 'is_untargeted', 'The campaign does not address this household.'),
] %}

with

lines as {{ not_materialized() }} (

    select * from {{ ref('nf3_receipt_lines') }}

),

receipts as {{ not_materialized() }} (

    select * from {{ ref('nf3_receipts') }}

),

promotions as {{ not_materialized() }} (

    select * from {{ ref('fct_promotions') }}

),

weeks as (

    select * from {{ ref('nf3_weeks') }}

),

products as (

    select * from {{ ref('nf3_products') }}

),

stores as (

    select * from {{ ref('nf3_stores') }}

),

households as (

    select * from {{ ref('nf3_households') }}

),

events as (

    select * from {{ ref('nf3_household_events') }}

),

campaigns as (

    select * from {{ ref('nf3_campaigns') }}

),

targets as (

    select * from {{ ref('fct_campaign_targets') }}

),

coupons as (

    select * from {{ ref('nf3_coupons') }}

),

coupon_products as (

    select * from {{ ref('nf3_coupon_products') }}

),

redemptions as (

    select * from {{ ref('nf3_coupon_redemptions') }}

),

inferred_products as (

    select product_id from products
    where is_inferred

),

stores_without_sales as (

    select stores.store_id
    from stores
    left join receipts on stores.store_id = receipts.store_id
    where receipts.store_id is null

),

inferred_households as (

    select household_id from households
    where is_inferred

),

inferred_campaigns as (

    select campaign_id from campaigns
    where is_inferred

),

sales as {{ not_materialized() }} (

    select
        lines.product_id,
        receipts.household_id,
        receipts.sold_date
    from lines
    inner join receipts on lines.basket_id = receipts.basket_id

),

promotions_of_weeks as {{ not_materialized() }} (

    select
        promotions.product_key as product_id,
        promotions.store_key as store_id,
        weeks.first_date
    from promotions
    left join weeks on promotions.grocer_week = weeks.grocer_week

),

home_stores as (

    select
        home_store_id as store_id,
        occurred_date
    from events

),

mentions_without_member as (

    {% for lookup in lookups %}
    {% set outer_loop = loop %}
    {% for source_name, relation, day in lookup.mentions %}
    {{ 'union all' if not (loop.first and outer_loop.first) }}
    select
        '{{ lookup.rule }}' as rule_name,
        '{{ source_name }}' as source_name,
        '{{ lookup.id }} ' || cast(mentions.{{ lookup.id }} as varchar) as record_key,
        count(*) as row_count,
        {{ 'min(mentions.' ~ day ~ ')' if day else 'cast(null as date)' }} as first_date,
        '{{ lookup.details }}' as details
    from {{ relation }} as mentions
    inner join {{ lookup.members }} as members on mentions.{{ lookup.id }} = members.{{ lookup.id }}
    group by mentions.{{ lookup.id }}
    {% endfor %}
    {% endfor %}

),

redeemed_coupons_without_products as (

    select
        'coupon_without_products' as rule_name,
        'loyalty.redemptions' as source_name,
        'coupon_upc ' || coupons.coupon_upc || ', campaign_id ' || cast(coupons.campaign_id as varchar) as record_key,
        count(*) as row_count,
        min(redemptions.redeemed_date) as first_date,
        'The loyalty system names no product that this coupon is good for; dim_coupons has it with 0 products.'
            as details
    from coupons
    inner join redemptions
        on coupons.coupon_upc = redemptions.coupon_upc and coupons.campaign_id = redemptions.campaign_id
    left join coupon_products
        on coupons.coupon_upc = coupon_products.coupon_upc and coupons.campaign_id = coupon_products.campaign_id
    where coupon_products.product_id is null
    group by
        coupons.coupon_upc,
        coupons.campaign_id

),

-- The feed numbers events as they happen, and a household enrols once.
checked_events as (

    select
        events.event_id,
        events.occurred_date,
        events.occurred_at < max(events.occurred_at) over (
            partition by events.household_id
            order by events.event_id
            rows between unbounded preceding and 1 preceding
        ) as is_out_of_order,
        events.occurred_at < households.enrolled_at and not households.is_inferred as is_before_enrolment,
        row_number() over (
            partition by
                events.household_id,
                events.event_type,
                case when events.event_type <> 'enrolled' then events.occurred_at end
            order by events.event_id
        ) > 1 as is_repeated
    from events
    left join households on events.household_id = households.household_id

),

wrong_events as (

    {% for rule, condition, details in event_rules %}
    {{ 'union all' if not loop.first }}
    select
        '{{ rule }}' as rule_name,
        'loyalty.household_events' as source_name,
        'event_id ' || cast(event_id as varchar) as record_key,
        cast(1 as bigint) as row_count,
        occurred_date as first_date,
        '{{ details }}' as details
    from checked_events
    where {{ condition }}
    {% endfor %}

),

checked_redemptions as (

    select
        redemptions.redeemed_date,
        redemptions.redeemed_date < campaigns.start_date
        or redemptions.redeemed_date > campaigns.end_date as is_outside_campaign,
        targets.household_id is null as is_untargeted,
        'household_id ' || cast(redemptions.household_id as varchar)
        || ', coupon_upc ' || redemptions.coupon_upc
        || ', campaign_id ' || cast(redemptions.campaign_id as varchar)
        || ', redeemed_date ' || cast(redemptions.redeemed_date as varchar) as record_key
    from redemptions
    left join campaigns on redemptions.campaign_id = campaigns.campaign_id
    left join targets
        on redemptions.campaign_id = targets.campaign_id and redemptions.household_id = targets.household_id

),

wrong_redemptions as (

    {% for rule, condition, details in redemption_rules %}
    {{ 'union all' if not loop.first }}
    select
        '{{ rule }}' as rule_name,
        'loyalty.redemptions' as source_name,
        record_key,
        cast(1 as bigint) as row_count,
        redeemed_date as first_date,
        '{{ details }}' as details
    from checked_redemptions
    where {{ condition }}
    {% endfor %}

),

final as (

    select * from mentions_without_member
    union all
    select * from redeemed_coupons_without_products
    union all
    select * from wrong_events
    union all
    select * from wrong_redemptions

)

select * from final
