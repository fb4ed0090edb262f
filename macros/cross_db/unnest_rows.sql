{#
    unnest_rows(rows, alias, fields): joins each row with the structs of its array column `rows`; DuckDB gives one struct a row, Trino its fields.
    nested_fields(alias, fields): the columns of what unnest_rows joined, for the select list.
    fields: the list of {name, type} that collect_rows nested.

    select receipts.basket_id, {{ nested_fields('lines', fields) }}
    from receipts
    {{ unnest_rows('receipts.lines', 'lines', fields) }}
#}
{% macro unnest_rows(rows, alias, fields) -%}
    {{ return(adapter.dispatch('unnest_rows')(rows, alias, fields)) }}
{%- endmacro %}

{% macro duckdb__unnest_rows(rows, alias, fields) -%}
    cross join unnest({{ rows }}) as {{ alias }} (item)
{%- endmacro %}

{% macro athena__unnest_rows(rows, alias, fields) -%}
    cross join unnest({{ rows }}) as {{ alias }} ({{ fields | map(attribute='name') | join(', ') }})
{%- endmacro %}

{% macro nested_fields(alias, fields) -%}
    {{ return(adapter.dispatch('nested_fields')(alias, fields)) }}
{%- endmacro %}

{% macro duckdb__nested_fields(alias, fields) -%}
    {% for field in fields %}{{ alias }}.item.{{ field.name }} as {{ field.name }}{{ ', ' if not loop.last }}{% endfor %}
{%- endmacro %}

{% macro athena__nested_fields(alias, fields) -%}
    {% for field in fields %}{{ alias }}.{{ field.name }} as {{ field.name }}{{ ', ' if not loop.last }}{% endfor %}
{%- endmacro %}
