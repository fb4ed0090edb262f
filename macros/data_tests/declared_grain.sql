{#
    declared_grain(relation): the columns that the model or source table behind a relation declares in config.meta.grain.

    {% set key = declared_grain(model) %}
#}
{% macro declared_grain(relation) %}
    {% if not execute %}
        {{ return(['declared_grain']) }}
    {% endif %}
    {% for node in (graph.nodes.values() | list) + (graph.sources.values() | list)
        if node.schema == relation.schema and (node.alias or node.identifier) == relation.identifier and node.config.meta.grain %}
        {{ return(node.config.meta.grain) }}
    {% endfor %}
    {{ exceptions.raise_compiler_error(relation ~ " declares no grain: list the columns that identify a row in config.meta.grain.") }}
{% endmacro %}
