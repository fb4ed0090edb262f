{#
    lesson_table(name): the relation of a table that a lakehouse lesson makes for itself, in a schema beside the project's own: a lesson never
    changes a table of the project.
    lesson_properties(table): the properties of such a table, an Iceberg table that Athena manages in a folder of its own.

    {%- set sales = lesson_table('evolving_sales') -%}
    create table {{ sales }} with ({{ lesson_properties(sales) }}) as select …
#}
{% macro lesson_table(name) -%}
    {% do return(api.Relation.create(schema=generate_schema_name('lakehouse', none) | trim, identifier=name, quote_policy={
        'schema': false, 'identifier': false
    })) %}
{%- endmacro %}

{% macro lesson_properties(table) -%}
    table_type = 'ICEBERG', is_external = false, format = 'PARQUET', location = '{{ target.s3_data_dir }}{{ table.schema }}/{{ table.identifier }}/'
{%- endmacro %}
