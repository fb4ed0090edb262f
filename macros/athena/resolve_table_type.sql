{#
    resolve_table_type(): the table type of whatever dbt-athena makes, in place of its own macro of that name: Iceberg, the temporary tables of
    unit tests and seeds as well. A Hive table holds milliseconds only, and is replaced by dropping it first.

    {%- set table_type = resolve_table_type() -%}
#}
{% macro resolve_table_type() -%}
    {{ return(config.get('table_type', default='iceberg')) }}
{%- endmacro %}
