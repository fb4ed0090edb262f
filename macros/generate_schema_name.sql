{#
    Schemas are folders: a model's schema is its folder's. A target whose own schema is not `main` (a developer's, Athena's)
    puts that name before it, so that several people or engines can share one catalog.

    generate_schema_name('star')  ->  star   |   <target.schema>_star
#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- if custom_schema_name is none -%}
        {{ target.schema }}
    {%- elif target.schema == 'main' -%}
        {{ custom_schema_name | trim }}
    {%- else -%}
        {{ target.schema }}_{{ custom_schema_name | trim }}
    {%- endif -%}
{%- endmacro %}
