{#
    not_materialized(): stands after the `as` of a CTE that several others read, and that is an import or little more. DuckDB copies what such a CTE
    gives, all rows of it before any reader's filter; of an import that is the whole table, also where a day's rows are wanted. Without a copy
    each reader reads for itself, as everything does on Athena, which has no word for it. The CTEs that it reads need the word, too.
    DuckDB keeps no such word with a view: a view names the relation twice.

    lines as {{ not_materialized() }} (

        select * from {{ ref('nf3_receipt_lines') }}

    ),
#}
{% macro not_materialized() -%}
    {{ return(adapter.dispatch('not_materialized')()) }}
{%- endmacro %}

{% macro duckdb__not_materialized() -%}
    not materialized
{%- endmacro %}

{% macro athena__not_materialized() -%}{%- endmacro %}
