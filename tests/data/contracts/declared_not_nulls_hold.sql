{#
    Fails with one row a column that its contract declares not null and that has one. DuckDB refuses such a row when it is written; Athena knows
    no constraints. All tables in one test: a start of its own for each would cost more than the scans.
#}
{% set models = [
    'nf3_calendar_days', 'nf3_campaign_households', 'nf3_campaign_types', 'nf3_campaigns', 'nf3_clock', 'nf3_coupon_products',
    'nf3_coupon_redemptions', 'nf3_coupons', 'nf3_display_locations', 'nf3_household_events', 'nf3_household_tiers',
    'nf3_households', 'nf3_mailer_locations', 'nf3_manufacturers', 'nf3_product_classes', 'nf3_products', 'nf3_promotion_files',
    'nf3_receipt_lines', 'nf3_receipts', 'nf3_stores', 'nf3_weeks', 'dim_campaigns', 'dim_coupons', 'dim_dates',
    'dim_household_profiles', 'dim_households', 'dim_manufacturers', 'dim_placements', 'dim_products', 'dim_stores',
    'dim_times_of_day', 'bridge_coupon_products', 'fct_campaign_responses', 'fct_campaign_sales', 'fct_campaign_targets', 'fct_coupon_redemptions',
    'fct_daily_sales', 'fct_household_months', 'fct_product_prices', 'fct_promoted_sales_lines', 'fct_promotions', 'fct_sales_lines', 'fct_store_visits',
    'dq_findings', 'obt_receipts', 'obt_sales_lines',
    'ref_campaign_types', 'ref_display_locations', 'ref_mailer_locations', 'ref_household_tiers', 'hub_households', 'hub_receipts',
    'hub_products', 'hub_stores', 'hub_campaigns', 'hub_coupons', 'hub_manufacturers', 'hub_weeks', 'lnk_receipt_household_store',
    'lnk_campaign_household', 'lnk_coupon_product_campaign', 'lnk_redemptions', 'lnk_product_manufacturer', 'lnk_household_home_store',
    'nhl_receipt_lines', 'nhl_promotion_placements', 'sat_product_catalogue', 'sat_household_demographics', 'sat_household_profiles',
    'sat_campaigns', 'sat_receipt_headers', 'sat_receipt_line_measures', 'mas_coupon_products', 'mas_household_campaigns',
    'eff_household_home_stores', 'eff_household_tiers', 'eff_campaign_households',
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
