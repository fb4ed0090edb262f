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
    'dim_times_of_day', 'bridge_coupon_products', 'fct_campaign_responses', 'fct_campaign_sales', 'fct_campaign_targets', 'fct_coupon_redemptions',
    'fct_daily_sales', 'fct_household_months', 'fct_product_prices', 'fct_promoted_sales_lines', 'fct_promotions', 'fct_sales_lines', 'fct_store_visits',
    'dq_findings', 'obt_receipts', 'obt_sales_lines',
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
