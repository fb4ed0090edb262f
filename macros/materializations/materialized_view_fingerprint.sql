{#
    materialized_view_new_fingerprint(sql): what makes a materialized view the one that it is: {definition, indexes}. The definition is a hash of
    the query, of the columns that it gives, and of the contract's; so it changes when an input's column does, under an unchanged `select *`.

    {% set fingerprint = materialized_view_new_fingerprint(sql) %}
#}
{% macro materialized_view_new_fingerprint(sql) %}
    {%- set columns = [] -%}
    {%- for column in get_column_schema_from_query(sql, config.get('sql_header')) -%}
        {%- do columns.append([column.name, column.data_type]) -%}
    {%- endfor -%}
    {%- set contract = [] -%}
    {%- if config.get('contract').enforced -%}
        {%- for column in model.columns.values() -%}
            {%- do contract.append([column.name, column.data_type, column.constraints]) -%}
        {%- endfor -%}
        {%- do contract.append(model.constraints) -%}
    {%- endif -%}
    {{ return({'definition': local_md5(tojson([sql | trim, columns, contract | string])), 'indexes': materialized_view_indexes()}) }}
{% endmacro %}

{#
    materialized_view_fingerprint(relation): the fingerprint that a relation carries, none when it is no materialized view; on DuckDB the last
    line of its comment, on Athena a parameter of its table in Glue.
#}
{% macro materialized_view_fingerprint(relation) -%}
    {{ return(adapter.dispatch('materialized_view_fingerprint')(relation)) }}
{%- endmacro %}

{% macro duckdb__materialized_view_fingerprint(relation) -%}
    {%- if not relation.is_materialized_view -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set query -%}
        select comment from duckdb_tables()
        where
            lower(database_name) = lower('{{ relation.database }}')
            and lower(schema_name) = lower('{{ relation.schema }}')
            and lower(table_name) = lower('{{ relation.identifier }}')
    {%- endset -%}
    {%- set comment = run_query(query).rows[0][0] -%}
    {{ return(fromjson(comment.split(materialized_view_marker())[-1])) }}
{%- endmacro %}

{% macro athena__materialized_view_fingerprint(relation) -%}
    {%- set found = adapter.get_glue_table(relation) -%}
    {%- set told = found.Table.Parameters.get(materialized_view_marker() | trim) if found and not relation.is_view -%}
    {{ return(fromjson(told) if told else none) }}
{%- endmacro %}

{# materialized_view_write_fingerprint(relation, fingerprint): with it goes the description, where persist_docs asks for it. #}
{% macro materialized_view_write_fingerprint(relation, fingerprint) -%}
    {{ return(adapter.dispatch('materialized_view_write_fingerprint')(relation, fingerprint)) }}
{%- endmacro %}

{% macro duckdb__materialized_view_write_fingerprint(relation, fingerprint) -%}
    {%- set description = (model.description | trim) if config.persist_relation_docs() else '' -%}
    {%- set comment = (description ~ '\n' if description else '') ~ materialized_view_marker() ~ tojson(fingerprint, sort_keys=True) -%}
    {%- do run_query('comment on table ' ~ relation ~ ' is ' ~ duckdb_escape_comment(comment)) -%}
{%- endmacro %}

{% macro athena__materialized_view_write_fingerprint(relation, fingerprint) -%}
    {%- set meta = dict(model.config.meta, **{materialized_view_marker() | trim: tojson(fingerprint, sort_keys=True)}) -%}
    {%- set described = dict(
        model,
        config=dict(model.config, meta=meta),
        description=model.description if config.persist_relation_docs() else ''
    ) -%}
    {%- do adapter.persist_docs_to_glue(
        relation=relation, model=described, persist_relation_docs=True, skip_archive_table_version=True
    ) -%}
{%- endmacro %}

{# What a fingerprint stands behind. #}
{% macro materialized_view_marker() -%}
    {{ return('dbt:materialized_view ') }}
{%- endmacro %}

{# materialized_view_indexes(): the configured indexes in a fixed order. Athena has none. #}
{% macro materialized_view_indexes() -%}
    {{ return(adapter.dispatch('materialized_view_indexes')()) }}
{%- endmacro %}

{% macro duckdb__materialized_view_indexes() -%}
    {%- set found = {} -%}
    {%- for raw_index in config.get('indexes') or [] -%}
        {%- set index = adapter.parse_index(raw_index) -%}
        {%- set told = {'columns': index.columns | list, 'unique': index.unique} -%}
        {%- do found.update({tojson(told, sort_keys=True): told}) -%}
    {%- endfor -%}
    {{ return(found.items() | sort | map(attribute=1) | list) }}
{%- endmacro %}

{% macro athena__materialized_view_indexes() -%}
    {%- if config.get('indexes') -%}
        {{ log(this.identifier ~ ': Athena has no indexes, and gets none') }}
    {%- endif -%}
    {{ return([]) }}
{%- endmacro %}
