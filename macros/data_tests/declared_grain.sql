{#
    declared_grain(relation): the columns that the model or source table behind a relation declares in config.meta.grain.

    {% set key = declared_grain(model) %}
#}
{% macro declared_grain(relation) %}
    {% if not execute %}
        {{ return(['declared_grain']) }}
    {% endif %}
    {# dbt makes a node of the graph a dictionary each time that one asks for it: those of the name are asked first, and that is all of them. #}
    {% set unique_ids = (graph.nodes.keys() | list) + (graph.sources.keys() | list) %}
    {% for has_its_name in (true, false) %}
        {% for unique_id in unique_ids if unique_id.endswith('.' ~ relation.identifier) == has_its_name %}
            {% set node = graph.nodes.get(unique_id) or graph.sources.get(unique_id) %}
            {% if node.schema == relation.schema and (node.alias or node.identifier) == relation.identifier and node.config.meta.grain %}
                {{ return(node.config.meta.grain) }}
            {% endif %}
        {% endfor %}
    {% endfor %}
    {{ exceptions.raise_compiler_error(relation ~ " declares no grain: list the columns that identify a row in config.meta.grain.") }}
{% endmacro %}
