{%- set readers = {'sat_receipt_line_measures': 'till_sequence', 'nhl_receipt_lines': 'first_till_sequence'} %}
{%- set loaded = [] %}
{%- for name, column in readers.items() if execute %}
{%- set reader = adapter.get_relation(this.database, this.schema, name) %}
{%- do loaded.append('select coalesce(max(' ~ column ~ '), 0) as till_sequence from ' ~ reader) if reader %}
{%- endfor %}
{%- if loaded | length == 2 %}
{%- set behind = run_query('select min(till_sequence) from (' ~ loaded | join(' union all ') ~ ') as readers') %}
{%- set read_from = behind.columns[0].values()[0] | int - var('sales_lines_lookback') %}
{%- endif %}
with

lines as (

    select * from {{ ref('vstg_receipt_lines') }}

),

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
    {%- if read_from is defined %}
    -- A literal: DuckDB hashes what a subquery leaves out before it leaves it out. Of the two readers the one that is behind counts, because a run
    -- may have ended between them.
    where till_sequence > {{ read_from }}
    {%- endif %}

)

select * from final
