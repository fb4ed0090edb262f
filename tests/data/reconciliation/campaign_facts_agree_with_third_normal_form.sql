{# Fails with one row a table whose rows are not those of third normal form: a join lost or doubled some. #}
{% set pairs = [
    ('nf3_campaign_households', 'fct_campaign_targets'),
    ('nf3_campaign_households', 'fct_campaign_responses'),
    ('nf3_coupon_redemptions', 'fct_coupon_redemptions'),
    ('nf3_coupon_products', 'bridge_coupon_products'),
] %}

with

row_counts as (

    {% for source, target in pairs %}
    {{ 'union all' if not loop.first }}
    select
        '{{ target }}' as model_name,
        (select count(*) from {{ ref(source) }}) as expected,
        (select count(*) from {{ ref(target) }}) as actual
    {% endfor %}

)

select * from row_counts
where expected <> actual
