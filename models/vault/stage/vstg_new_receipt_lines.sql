{%- set readers = {'sat_receipt_line_measures': 'till_sequence', 'nhl_receipt_lines': 'first_till_sequence'} %}
{%- set loaded = {} %}
{%- for name, column in readers.items() if execute %}
{%- set target = adapter.get_relation(this.database, this.schema, name) %}
{%- do loaded.update({column: target}) if target %}
{%- endfor %}
with

lines as (

    select * from {{ ref('vstg_receipt_lines') }}

),
{% if loaded | length == 2 %}

-- Not refs: they read this view. The one that is behind counts, because a run may have ended between the two.
loaded_until as (
{% for column, target in loaded.items() %}
    select coalesce(max({{ column }}), 0) as till_sequence
    from {{ target }}
    {{ 'union all' if not loop.last }}
{%- endfor %}

),
{% endif %}
final as (

    select
        basket_id,
        product_id,
        first_till_sequence,
        till_sequence,
        quantity,
        sales_amount,
        retail_discount_amount,
        coupon_discount_amount,
        coupon_match_discount_amount,
        record_source,
        load_date,
        load_id,
        receipt_hk,
        product_hk,
        receipt_line_hk,
        measures_hashdiff
    from lines
    {%- if loaded | length == 2 %}
    where
        till_sequence > (
            select min(loaded_until.till_sequence) - {{ var('sales_lines_lookback') }}
            from loaded_until
        )
    {%- endif %}

)

select * from final
