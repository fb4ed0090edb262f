{#
    release_foreign_keys(): hook of the tables of third normal form. DuckDB does not replace a table that another one's foreign key points at.
    So the tables that point at this one are dropped before it is rebuilt, provided that this run rebuilds them too; otherwise the run stops
    with the command that does. Athena has no foreign keys: nothing to do.

    +pre-hook: {sql: "{{ release_foreign_keys() }}", transaction: false}
#}
{% macro release_foreign_keys() -%}
    {{ return(adapter.dispatch('release_foreign_keys')()) }}
{%- endmacro %}

{% macro duckdb__release_foreign_keys() -%}
    {%- if execute -%}
        {%- for child in foreign_key_children(this.schema, this.identifier) -%}
            drop table if exists {{ this.database }}.{{ this.schema }}.{{ child }};
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{% macro athena__release_foreign_keys() -%}{%- endmacro %}

{# The tables whose foreign keys point at a table, directly or through others, those that nothing points at first. #}
{% macro foreign_key_children(schema, table) %}
    {% set query %}
        select distinct table_name
        from duckdb_constraints()
        where
            constraint_type = 'FOREIGN KEY'
            and database_name = current_database()
            and schema_name = '{{ schema }}'
            and referenced_table = '{{ table }}'
        order by table_name
    {% endset %}
    {% set found = [] %}
    {% for row in run_query(query).rows %}
        {% set child = row[0] %}
        {% for node in graph.nodes.values()
            if node.schema == schema and node.name == child and node.unique_id not in selected_resources %}
            {{ exceptions.raise_compiler_error(
                table ~ " cannot be replaced alone, because a foreign key of " ~ child ~ " points at it: "
                ~ "build it with its children, `dbt build -s " ~ table ~ "+`."
            ) }}
        {% endfor %}
        {% for name in foreign_key_children(schema, child) + [child] if name not in found %}
            {% do found.append(name) %}
        {% endfor %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}
