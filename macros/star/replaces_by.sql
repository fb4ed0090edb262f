{#
    replaces_by(column): the configuration of an incremental model that writes whole groups anew: what is there with a value of the column that is
    among the rows to write goes, and they come, in one transaction. Athena's raw refuses a file that would replace rows (docs/loading-files.md),
    so a group is only ever new there, and is appended.

    {{ replaces_by('grocer_week') }}
#}
{% macro replaces_by(column) -%}
    {{ return(adapter.dispatch('replaces_by')(column)) }}
{%- endmacro %}

{% macro duckdb__replaces_by(column) -%}
    {{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key=column, on_schema_change='fail') }}
{%- endmacro %}

{% macro athena__replaces_by(column) -%}
    {{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail') }}
{%- endmacro %}
