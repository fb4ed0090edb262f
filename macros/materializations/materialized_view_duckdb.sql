{#
    What dbt dispatches for a materialized view, on DuckDB: create, refresh, alter, rename, drop, and the lists of relations that dbt keeps, in
    which the type is right. A table is a materialized view when its comment ends with a fingerprint.

    {{ get_create_materialized_view_as_sql(target_relation, sql) }}
#}
{% macro duckdb__get_create_materialized_view_as_sql(relation, sql) %}
    {{ create_table_as(False, relation, sql) }};
{% endmacro %}

{% macro duckdb__refresh_materialized_view(relation) %}
    truncate {{ relation }};
    insert into {{ relation }} by name (
        {{ sql }}
    );
{% endmacro %}

{% macro duckdb__get_alter_materialized_view_as_sql(
    relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation
) %}
    {%- set before, after = configuration_changes.found.indexes, configuration_changes.fingerprint.indexes -%}
    {{ materialized_view_drop_indexes_sql(relation, before | reject('in', after) | list) }}
    {{ materialized_view_create_indexes_sql(relation, after | reject('in', before) | list) }}
{% endmacro %}

{% macro duckdb__get_rename_materialized_view_sql(relation, new_name) %}
    alter table {{ relation }} rename to {{ adapter.quote(new_name) }}
{% endmacro %}

{% macro duckdb__drop_materialized_view(relation) %}
    drop table if exists {{ relation }} cascade
{% endmacro %}

{# The statements that make indexes. A name is used once only: in one transaction DuckDB does not give it to another index. #}
{% macro materialized_view_create_indexes_sql(relation, indexes) %}
    {%- for index in indexes %}
    create {{ 'unique ' if index.unique }}index "{{ materialized_view_index_prefix(relation, index) ~ local_md5(modules.datetime.datetime.now() | string)[:8] }}"
    on {{ relation }} ({{ index.columns | join(', ') }});
    {%- endfor %}
{% endmacro %}

{% macro materialized_view_drop_indexes_sql(relation, indexes) %}
    {%- for index in indexes %}
    {%- set query -%}
        select index_name from duckdb_indexes()
        where
            lower(database_name) = lower('{{ relation.database }}')
            and lower(schema_name) = lower('{{ relation.schema }}')
            and starts_with(index_name, '{{ materialized_view_index_prefix(relation, index) }}')
    {%- endset %}
    {%- for row in run_query(query).rows %}
    drop index {{ relation.include(identifier=false) }}."{{ row[0] }}";
    {%- endfor %}
    {%- endfor %}
{% endmacro %}

{# What the name of an index begins with, by which it is found again. #}
{% macro materialized_view_index_prefix(relation, index) -%}
    {{ return(relation.identifier ~ '__' ~ local_md5(tojson(index, sort_keys=True))[:10] ~ '_') }}
{%- endmacro %}

{# SQL that is true of a comment that ends with a fingerprint. #}
{% macro materialized_view_is_told_by(comment) -%}
    coalesce(regexp_matches({{ comment }}, '(^|\n){{ materialized_view_marker() }}\{[^\n]*\}$'), false)
{%- endmacro %}

{# In place of the adapter's own, which know tables and views only. #}
{% macro duckdb__list_relations_without_caching(schema_relation) %}
    {% call statement('list_relations_without_caching', fetch_result=True) -%}
        select
            '{{ schema_relation.database }}' as database,
            listed.table_name as name,
            listed.table_schema as schema,
            case
                when {{ materialized_view_is_told_by('tables.comment') }} then 'materialized_view'
                when listed.table_type = 'VIEW' then 'view'
                when listed.table_type in ('BASE TABLE', 'LOCAL TEMPORARY') then 'table'
            end as type
        from system.information_schema.tables as listed
        left join duckdb_tables() as tables
            on
                listed.table_catalog = tables.database_name
                and listed.table_schema = tables.schema_name
                and listed.table_name = tables.table_name
        where
            lower(listed.table_schema) = '{{ schema_relation.schema | lower }}'
            and lower(listed.table_catalog) = '{{ schema_relation.database | lower }}'
    {% endcall %}
    {{ return(load_result('list_relations_without_caching').table) }}
{% endmacro %}

{% macro duckdb__drop_relation(relation) -%}
    {% call statement('drop_relation', auto_begin=False) -%}
        drop {{ 'table' if relation.is_materialized_view else relation.type }} if exists {{ relation }}
        {{ '' if adapter.is_ducklake(relation) else 'cascade' }}
    {%- endcall %}
{% endmacro %}

{% macro duckdb__rename_relation(from_relation, to_relation) -%}
    {% if from_relation.is_materialized_view -%}
        {% do drop_indexes_on_relation(from_relation) %}
    {%- endif %}
    {% call statement('rename_relation') -%}
        alter {{ 'table' if to_relation.is_materialized_view else to_relation.type }} {{ from_relation }}
        rename to {{ adapter.quote_as_configured(to_relation.identifier, 'identifier') }}
    {%- endcall %}
{% endmacro %}

{# For `dbt docs`: the type, and the comment without the fingerprint. #}
{% macro duckdb__get_catalog_tables_sql(information_schema) -%}
    select *
    from (
        select
            tables.database_name as table_database,
            tables.schema_name as table_schema,
            tables.table_name as table_name,
            case
                when {{ materialized_view_is_told_by('tables.comment') }} then 'MATERIALIZED VIEW' else 'BASE TABLE'
            end as table_type,
            regexp_replace(tables.comment, '(^|\n){{ materialized_view_marker() }}\{[^\n]*\}$', '') as table_comment
        from duckdb_tables() as tables
        where upper(tables.database_name) = upper('{{ information_schema.database }}')
        union all
        select
            views.database_name as table_database,
            views.schema_name as table_schema,
            views.view_name as table_name,
            'VIEW' as table_type,
            views.comment as table_comment
        from duckdb_views() as views
        where upper(views.database_name) = upper('{{ information_schema.database }}')
    ) as catalog_tables
{%- endmacro %}
