{# Fails with one row a line that unnesting obt_receipts does not give back exactly, or gives and was none. #}
{% set fields = nested_line_fields() %}
{% set names = fields | map(attribute='name') | list %}

with

receipts as (

    select * from {{ ref('obt_receipts') }}

),

unnested as (

    select
        receipts.basket_id,
        {{ nested_fields('lines', fields) }}
    from receipts
    {{ unnest_rows('receipts.lines', 'lines', fields) }}

),

lines as (

    select
        basket_id,
        {{ names | join(', ') }}
    from {{ ref('obt_sales_lines') }}

)

select
    lines.sales_line_key as line_of_the_sales,
    unnested.sales_line_key as line_of_a_receipt
from lines
full outer join unnested on lines.sales_line_key = unnested.sales_line_key
where
    lines.sales_line_key is null
    or unnested.sales_line_key is null
    {% for name in ['basket_id'] + names %}
    or lines.{{ name }} is distinct from unnested.{{ name }}
    {% endfor %}
