{#
    merges_and_deletes(column): the configuration of an incremental model that merges and whose rows can vanish: a row written with null in the
    column, which is never null otherwise, is deleted. changed_rows writes such rows.

    {{ merges_and_deletes('sold_date') }}
#}
{% macro merges_and_deletes(column) -%}
    {{ config(
        materialized='incremental',
        incremental_strategy='merge',
        on_schema_change='fail',
        merge_clauses={
            'when_matched': [
                {'action': 'delete', 'condition': 'DBT_INTERNAL_SOURCE.' ~ column ~ ' is null'},
                {'action': 'update', 'mode': 'by_name'},
            ],
            'when_not_matched': [{'action': 'insert', 'mode': 'by_name'}],
        },
        delete_condition='src.' ~ column ~ ' is null'
    ) }}
{%- endmacro %}
