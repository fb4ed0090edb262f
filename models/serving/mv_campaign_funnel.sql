{{
    config(
        materialized='materialized_view',
        max_staleness={'input': 'fct_coupon_redemptions', 'column': 'redeemed_date', 'count': 7, 'period': 'day'}
    )
}}

-- depends_on: {{ ref('mv_ledger') }}

with

responses as (

    select * from {{ ref('fct_campaign_responses') }}

),

campaigns as (

    select * from {{ ref('dim_campaigns') }}

),

redemptions as (

    select * from {{ ref('fct_coupon_redemptions') }}

),

targets as (

    select * from {{ ref('fct_campaign_targets') }}

),

visits as (

    select * from {{ ref('fct_store_visits') }}

),

responses_by_campaign as (

    select
        campaign_key,
        count(*) as addressed_household_count,
        count(first_visit_date_key) as visiting_household_count,
        count(first_couponed_purchase_date_key) as buying_household_count,
        count(first_redemption_date_key) as redeeming_household_count
    from responses
    group by campaign_key

),

redemptions_by_campaign as (

    select
        campaign_key,
        count(*) as redemption_count
    from redemptions
    group by campaign_key

),

spending_by_campaign as (

    select
        targets.campaign_key,
        cast(sum(visits.sales_amount) as decimal(18, 2)) as sales_amount,
        count(*) as visit_count
    from targets
    inner join campaigns on targets.campaign_key = campaigns.campaign_key
    inner join visits
        on
            targets.household_id = visits.household_id
            and visits.sold_date between targets.targeted_date and campaigns.end_date
    group by targets.campaign_key

),

final as (

    select
        campaigns.campaign_id,
        campaigns.campaign_type,
        campaigns.start_date,
        campaigns.end_date,
        responses.addressed_household_count,
        responses.visiting_household_count,
        responses.buying_household_count,
        responses.redeeming_household_count,
        coalesce(redemptions.redemption_count, 0) as redemption_count,
        coalesce(spending.visit_count, 0) as visit_count,
        coalesce(spending.sales_amount, cast(0 as decimal(18, 2))) as sales_amount,
        {{ divide(
            'responses.visiting_household_count',
            'responses.addressed_household_count',
            'decimal(5, 4)'
        ) }} as visiting_share,
        {{ divide(
            'responses.buying_household_count',
            'responses.addressed_household_count',
            'decimal(5, 4)'
        ) }} as buying_share,
        {{ divide(
            'responses.redeeming_household_count',
            'responses.addressed_household_count',
            'decimal(5, 4)'
        ) }} as redeeming_share
    from responses_by_campaign as responses
    inner join campaigns on responses.campaign_key = campaigns.campaign_key
    left join redemptions_by_campaign as redemptions on responses.campaign_key = redemptions.campaign_key
    left join spending_by_campaign as spending on responses.campaign_key = spending.campaign_key

)

select * from final
