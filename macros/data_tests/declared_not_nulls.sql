{#
    declared_not_nulls(name): the columns that the model `name` declares not null in its contract.

    {% for column in declared_not_nulls('dim_stores') %}
#}
{% macro declared_not_nulls(name) %}
    {% if not execute %}
        {{ return(['declared_not_nulls']) }}
    {% endif %}
    {% set found = [] %}
    {% set node = graph.nodes.get('model.' ~ project_name ~ '.' ~ name) %}
    {% for column in (node.columns if node else {}).values() if column.constraints | selectattr('type', 'equalto', 'not_null') | list %}
        {% do found.append(column.name) %}
    {% endfor %}
    {% if not found %}
        {{ exceptions.raise_compiler_error(name ~ " declares no column not null: take it from the list of this test.") }}
    {% endif %}
    {{ return(found) }}
{% endmacro %}
