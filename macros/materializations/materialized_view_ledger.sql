{#
    materialized_view_ledger(): the table with a row a refresh of each materialized view: when, which definition, up to where the input was read,
    how many rows there are, how long it took, of which kind it was, and why. It lies in the view's own schema as `mv_ledger` (variable
    materialized_view_ledger names another). A project may own it as an incremental model without rows, which its materialized views depend on;
    without such a model it is made when it is missed.

    select * from {{ materialized_view_ledger() }}
#}
{% macro materialized_view_ledger() -%}
    {{ return(api.Relation.create(
        database=this.database,
        schema=this.schema,
        identifier=var('materialized_view_ledger', 'mv_ledger'),
        type='table'
    )) }}
{%- endmacro %}

{# The ledger's columns with their types. #}
{% macro materialized_view_ledger_columns() -%}
    {{ return({
        'materialized_view': 'varchar',
        'refreshed_at': 'timestamp(6)',
        'kind': 'varchar',
        'reason': 'varchar',
        'definition': 'varchar',
        'input_high_water_mark': 'varchar',
        'input_state': 'varchar',
        'input_until': 'timestamp(6)',
        'row_count': 'bigint',
        'seconds': 'decimal(12, 3)',
    }) }}
{%- endmacro %}

{# A ledger's row with these values, as text, none for null. #}
{% macro materialized_view_ledger_row(values) -%}
    select
        {% for column, data_type in materialized_view_ledger_columns().items() -%}
        {%- set told = values.get(column) -%}
        cast({{ 'null' if told is none else "'" ~ (told | string | replace("'", "''")) ~ "'" }} as {{ data_type }}) as {{ column }}
        {{- ',' if not loop.last }}
        {% endfor %}
{%- endmacro %}

{# Write a row, and make the ledger before when it is missed. #}
{% macro materialized_view_record(relation, refresh, fingerprint, began, ended) %}
    {%- do materialized_view_ensure_ledger() -%}
    {%- set values = {
        'materialized_view': relation.identifier,
        'refreshed_at': ended.strftime('%Y-%m-%d %H:%M:%S.%f'),
        'kind': refresh.kind,
        'reason': refresh.reason,
        'definition': fingerprint.definition,
        'input_high_water_mark': refresh.inputs.mark,
        'input_state': tojson(refresh.inputs.state, sort_keys=True) if refresh.inputs.state else none,
        'input_until': refresh.inputs.until,
        'row_count': run_query('select count(*) from ' ~ relation).rows[0][0],
        'seconds': '%.3f' | format((ended - began).total_seconds()),
    } -%}
    {%- do run_query('insert into ' ~ materialized_view_ledger() ~ ' ' ~ materialized_view_ledger_row(values)) -%}
{% endmacro %}

{# The ledger's row of the refresh that a fingerprint names; none when it has no such row. #}
{% macro materialized_view_last_refresh(found) %}
    {%- if found is none or not found.refreshed_at or load_cached_relation(materialized_view_ledger()) is none -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set query -%}
        select definition, input_high_water_mark, input_state from {{ materialized_view_ledger() }}
        where materialized_view = '{{ this.identifier }}' and refreshed_at = cast('{{ found.refreshed_at }}' as timestamp(6))
    {%- endset -%}
    {%- set rows = run_query(query).rows -%}
    {{ return({'definition': rows[0][0], 'mark': rows[0][1], 'state': fromjson(rows[0][2] or '{}')} if rows else none) }}
{% endmacro %}

{# materialized_view_ensure_ledger(): make the ledger, unless it is there. #}
{% macro materialized_view_ensure_ledger() -%}
    {%- if load_cached_relation(materialized_view_ledger()) is none -%}
        {%- do adapter.dispatch('materialized_view_create_ledger')(materialized_view_ledger()) -%}
        {%- do adapter.cache_added(materialized_view_ledger()) -%}
    {%- endif -%}
{%- endmacro %}

{% macro duckdb__materialized_view_create_ledger(ledger) -%}
    {%- do run_query('create table if not exists ' ~ ledger ~ ' as ' ~ materialized_view_ledger_row({}) ~ ' limit 0') -%}
{%- endmacro %}

{% macro athena__materialized_view_create_ledger(ledger) -%}
    {%- set location = adapter.generate_s3_location(
        ledger, target.s3_data_dir, target.s3_data_naming, target.s3_tmp_table_dir, none, False
    ) -%}
    {%- set properties = "table_type = 'iceberg', is_external = false, format = 'parquet', location = '" ~ location ~ "'" -%}
    {%- do run_query('create table ' ~ ledger ~ ' with (' ~ properties ~ ') as ' ~ materialized_view_ledger_row({}) ~ ' limit 0') -%}
{%- endmacro %}
