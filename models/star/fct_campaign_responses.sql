{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key=['campaign_id', 'household_id'],
        on_schema_change='fail'
    )
}}

{% set milestones = ['first_visit', 'first_couponed_purchase', 'first_redemption', 'closed'] %}

with

targets as (

    select * from {{ ref('fct_campaign_targets') }}

),

campaigns as (

    select * from {{ ref('dim_campaigns') }}

),

coupons as (

    select * from {{ ref('dim_coupons') }}

),

coupon_products as (

    select * from {{ ref('bridge_coupon_products') }}

),

redemptions as (

    select * from {{ ref('fct_coupon_redemptions') }}

),

sales_lines as {{ not_materialized() }} (

    select * from {{ ref('fct_sales_lines') }}

),

clock as (

    select * from {{ ref('nf3_clock') }}

),

visit_days as (

    select distinct
        household_id,
        sold_date
    from sales_lines

),

days_with_a_couponed_product as (

    select distinct
        household_id,
        product_key,
        sold_date
    from sales_lines
    where coupon_discount_amount > 0

),

products_of_campaigns as (

    select distinct
        coupons.campaign_key,
        coupon_products.product_key
    from coupon_products
    inner join coupons on coupon_products.coupon_key = coupons.coupon_key

),

first_visits as (

    select
        targets.campaign_id,
        targets.household_id,
        min(visit_days.sold_date) as first_visit_date
    from targets
    inner join campaigns on targets.campaign_key = campaigns.campaign_key
    inner join visit_days
        on
            targets.household_id = visit_days.household_id
            and visit_days.sold_date between targets.targeted_date and campaigns.end_date
    group by targets.campaign_id, targets.household_id

),

couponed_purchases as (

    select
        purchases.household_id,
        products_of_campaigns.campaign_key,
        purchases.sold_date
    from days_with_a_couponed_product as purchases
    inner join products_of_campaigns on purchases.product_key = products_of_campaigns.product_key

),

first_couponed_purchases as (

    select
        targets.campaign_id,
        targets.household_id,
        min(couponed_purchases.sold_date) as first_couponed_purchase_date
    from targets
    inner join campaigns on targets.campaign_key = campaigns.campaign_key
    inner join couponed_purchases
        on
            targets.household_id = couponed_purchases.household_id
            and targets.campaign_key = couponed_purchases.campaign_key
            and couponed_purchases.sold_date between targets.targeted_date and campaigns.end_date
    group by targets.campaign_id, targets.household_id

),

first_redemptions as (

    select
        campaign_id,
        household_id,
        min(redeemed_date) as first_redemption_date
    from redemptions
    group by campaign_id, household_id

),

milestones as (

    select
        targets.campaign_key,
        targets.household_key,
        targets.targeted_date_key,
        targets.campaign_id,
        targets.household_id,
        targets.targeted_date,
        first_visits.first_visit_date,
        first_couponed_purchases.first_couponed_purchase_date,
        first_redemptions.first_redemption_date,
        case when campaigns.end_date <= clock.as_of_date then campaigns.end_date end as closed_date
    from targets
    inner join campaigns on targets.campaign_key = campaigns.campaign_key
    cross join clock
    left join first_visits
        on targets.campaign_id = first_visits.campaign_id and targets.household_id = first_visits.household_id
    left join first_couponed_purchases
        on
            targets.campaign_id = first_couponed_purchases.campaign_id
            and targets.household_id = first_couponed_purchases.household_id
    left join first_redemptions
        on targets.campaign_id = first_redemptions.campaign_id and targets.household_id = first_redemptions.household_id

),

responses as (

    select
        campaign_key,
        household_key,
        targeted_date_key,
        {% for milestone in milestones %}
        {{ day_key(milestone ~ '_date') }} as {{ milestone }}_date_key,
        {% endfor %}
        campaign_id,
        household_id,
        {% for milestone in milestones %}
        {% set days = dbt.datediff('targeted_date', milestone ~ '_date', 'day') %}
        cast({{ days }} as integer) as days_to_{{ milestone }},
        {% endfor %}
        closed_date is not null as is_closed
    from milestones

),

-- Lags follow from the days, and is_closed too.
final as (

    {{ changed_rows(
        'responses',
        ['campaign_id', 'household_id'],
        [
            'household_key', 'targeted_date_key', 'first_visit_date_key', 'first_couponed_purchase_date_key',
            'first_redemption_date_key', 'closed_date_key',
        ]
    ) }}

)

select * from final
