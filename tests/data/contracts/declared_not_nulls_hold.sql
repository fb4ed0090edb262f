{#
    Fails with one row a column that its contract declares not null and that has one. DuckDB refuses such a row when it is written; Athena knows
    no constraints. All tables in one test: a start of its own for each would cost more than the scans.
#}
{% set models = [
    'nf3_calendar_days', 'nf3_campaign_households', 'nf3_campaign_types', 'nf3_campaigns', 'nf3_clock', 'nf3_coupon_products',
    'nf3_coupon_redemptions', 'nf3_coupons', 'nf3_display_locations', 'nf3_household_events', 'nf3_household_tiers',
    'nf3_households', 'nf3_mailer_locations', 'nf3_manufacturers', 'nf3_product_classes', 'nf3_products', 'nf3_receipt_lines',
    'nf3_receipts', 'nf3_stores', 'nf3_weeks', 'dim_campaigns', 'dim_coupons', 'dim_dates',
    'dim_household_profiles', 'dim_households', 'dim_manufacturers', 'dim_placements', 'dim_products', 'dim_stores',
    'dim_times_of_day', 'bridge_coupon_products', 'fct_campaign_responses', 'fct_campaign_targets', 'fct_coupon_redemptions',
    'fct_daily_sales', 'fct_household_months', 'fct_product_prices', 'fct_promotions', 'fct_sales_lines', 'fct_store_visits',
    'dq_findings', 'obt_receipts', 'obt_sales_lines',
    'eff_campaign_households', 'eff_household_home_stores', 'eff_household_tiers', 'hub_campaigns', 'hub_coupons',
    'hub_households', 'hub_manufacturers', 'hub_products', 'hub_receipts', 'hub_stores', 'hub_weeks', 'lnk_campaign_households',
    'lnk_coupon_products', 'lnk_household_home_stores', 'lnk_product_manufacturers', 'lnk_receipt_household_stores',
    'mas_coupon_products', 'mas_household_campaigns', 'nhl_promotions', 'nhl_receipt_lines', 'nhl_redemptions',
    'ref_campaign_types', 'ref_display_locations', 'ref_household_tiers', 'ref_mailer_locations', 'sat_campaigns',
    'sat_household_demographics', 'sat_household_events', 'sat_household_profiles', 'sat_products', 'sat_receipt_lines',
    'sat_receipts',
] %}

with

nulls as (

    {% for name in models %}
    {{ 'union all' if not loop.first }}
    select
        '{{ name }}' as model_name,
        count(*) as row_count
    from {{ ref(name) }}
    where {{ declared_not_nulls(name) | join(' is null or ') }} is null
    {% endfor %}

)

select
    model_name,
    row_count
from nulls
where row_count > 0
