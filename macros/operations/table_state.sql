{#
    table_state(relation, moment): a query of one row that says what an Iceberg table is made of at a moment of a lesson, or before and after
    its maintenance: its rows, data files, files of deleted rows, bytes of both, and the snapshots that it can go back to. Athena only: no
    other engine of this project has such files.

    {{ table_state(ref('fct_sales_lines'), 'before') }}
#}
{% macro table_state(relation, moment) -%}
{%- set files = relation.schema ~ '."' ~ relation.identifier ~ '$files"' -%}
select
    '{{ moment }}' as moment,
    (select count(*) from {{ relation.schema }}.{{ relation.identifier }}) as row_count,
    (select count(*) from {{ files }} where content = 0) as data_files,
    (select count(*) from {{ files }} where content > 0) as delete_files,
    (select coalesce(sum(file_size_in_bytes), 0) from {{ files }}) as bytes,
    (select count(*) from {{ relation.schema }}."{{ relation.identifier }}$snapshots") as snapshots
{%- endmacro %}
