{#
    unnest_rows(rows, alias, fields): joins each row with the structs of its array column `rows`; DuckDB gives one struct a row, Trino its fields.
    nested_field(alias, field): a field of what unnest_rows joined.
    fields: the list of {name, type} that collect_rows nested.

    select receipts.basket_id, {{ nested_field('lines', 'product_id') }}
    from receipts
    {{ unnest_rows('receipts.lines', 'lines', fields) }}
#}
{% macro unnest_rows(rows, alias, fields) -%}
    {{ return(adapter.dispatch('unnest_rows')(rows, alias, fields)) }}
{%- endmacro %}

{% macro duckdb__unnest_rows(rows, alias, fields) -%}
    cross join unnest({{ rows }}) as {{ alias }} (item)
{%- endmacro %}

{% macro trino__unnest_rows(rows, alias, fields) -%}
    cross join unnest({{ rows }}) as {{ alias }} ({{ fields | map(attribute='name') | join(', ') }})
{%- endmacro %}

{% macro athena__unnest_rows(rows, alias, fields) -%}
    {{ return(trino__unnest_rows(rows, alias, fields)) }}
{%- endmacro %}

{% macro nested_field(alias, field) -%}
    {{ return(adapter.dispatch('nested_field')(alias, field)) }}
{%- endmacro %}

{% macro duckdb__nested_field(alias, field) -%}
    {{ alias }}.item.{{ field }}
{%- endmacro %}

{% macro trino__nested_field(alias, field) -%}
    {{ alias }}.{{ field }}
{%- endmacro %}

{% macro athena__nested_field(alias, field) -%}
    {{ return(trino__nested_field(alias, field)) }}
{%- endmacro %}
