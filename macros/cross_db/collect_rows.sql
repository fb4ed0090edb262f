{#
    collect_rows(fields): an aggregate that nests the rows of a group as an array of structs (Trino: of rows), in the order of the first field.
    fields: a list of {name, type}; the columns of that name become the fields. The first one is unique in its group.

    {{ collect_rows([{'name': 'till_sequence', 'type': 'bigint'}, {'name': 'product_id', 'type': 'integer'}]) }} as lines
#}
{% macro collect_rows(fields) -%}
    {{ return(adapter.dispatch('collect_rows')(fields)) }}
{%- endmacro %}

{% macro duckdb__collect_rows(fields) -%}
    {# An ordered list() keeps every group's rows twice: 1.47 million lines need more than 3 GB. Structs compare by their first field. #}
    list_sort(list({'{% for field in fields %}{{ field.name }}': {{ field.name }}{{ ", '" if not loop.last }}{% endfor %}}))
{%- endmacro %}

{% macro athena__collect_rows(fields) -%}
    array_agg(
        cast(
            row({{ fields | map(attribute='name') | join(', ') }})
            as row({% for field in fields %}{{ field.name }} {{ field.type }}{{ ', ' if not loop.last }}{% endfor %})
        )
        order by {{ fields[0].name }}
    )
{%- endmacro %}
