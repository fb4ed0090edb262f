{#
    materialized_view: a query whose rows are kept, on engines that have no such thing. It is a table that carries a fingerprint of its query, its
    columns and its indexes, and it honours what dbt asks of the feature:

    - unchanged: it is refreshed, the touched groups only where `incremental_refresh` says how (see materialized_view_increment.sql);
    - changed indexes, or a changed query (or a column that its inputs changed): on_configuration_change decides: apply, continue, fail;
    - --full-refresh, and a table or view of its name: it is replaced, at once for its readers;
    - contract, constraints, comments (persist_docs), hooks and grants as of a table. Indexes exist on DuckDB only.

    Every refresh is written into a ledger (see materialized_view_ledger.sql). To use it elsewhere, copy this folder into your macros.

    {{
        config(
            materialized='materialized_view',
            indexes=[{'columns': ['department']}],
            on_configuration_change='apply',
            incremental_refresh={'input': 'fct_sales_lines', 'watermark': 'till_sequence', 'groups': ['grocer_week']},
            max_staleness={'input': 'fct_sales_lines', 'column': 'sold_at', 'count': 1, 'period': 'day'}
        )
    }}
#}
{% materialization materialized_view, adapter='duckdb' %}
    {{ return(materialized_view_run()) }}
{% endmaterialization %}

{% materialization materialized_view, adapter='athena' %}
    {{ return(materialized_view_run()) }}
{% endmaterialization %}

{% macro materialized_view_run() %}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = materialized_view_relation(this) -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}

    {%- set fingerprint = materialized_view_new_fingerprint(sql) -%}
    {%- set found = materialized_view_fingerprint(existing_relation) if existing_relation is not none else none -%}
    {%- set action = materialized_view_action(existing_relation, found, fingerprint) -%}

    {%- if action == 'skip' -%}
        {{ materialized_view_execute_no_op(target_relation) }}
    {%- else -%}
        {{ run_hooks(pre_hooks, inside_transaction=True) }}
        {%- set began = modules.datetime.datetime.now(modules.pytz.utc) -%}
        {%- set refresh = materialized_view_refresh_plan(action, found, fingerprint) -%}
        {{ log(this.identifier ~ ': ' ~ refresh.kind ~ (', because ' ~ refresh.reason if refresh.reason else ''), info=True) }}
        {%- do materialized_view_apply(action, refresh, existing_relation, target_relation, found, fingerprint, sql) -%}
        {%- set ended = modules.datetime.datetime.now(modules.pytz.utc) -%}
        {%- do materialized_view_write_fingerprint(target_relation, dict(fingerprint, refreshed_at=ended.strftime('%Y-%m-%d %H:%M:%S.%f'))) -%}
        {%- do materialized_view_record(target_relation, refresh, fingerprint, began, ended) -%}
        {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=True)) -%}
        {%- do persist_docs(target_relation, model, for_relation=False) -%}
        {{ run_hooks(post_hooks, inside_transaction=True) }}
        {%- do adapter.commit() -%}
    {%- endif -%}

    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmacro %}

{# What is to be done with the table: create, replace, alter, refresh or skip. The sentences are dbt's own: its tests look for them. #}
{% macro materialized_view_action(existing_relation, found, fingerprint) %}
    {%- if existing_relation is none -%}
        {{ return('create') }}
    {%- elif should_full_refresh() or found is none -%}
        {{ return('replace') }}
    {%- elif found.definition == fingerprint.definition and found.indexes == fingerprint.indexes -%}
        {{ return('refresh') }}
    {%- endif -%}
    {%- set wish = config.get('on_configuration_change') -%}
    {%- set told = "Configuration changes were identified and `on_configuration_change` was set to `" ~ wish ~ "` for `" ~ this.render() ~ "`" -%}
    {%- if wish == 'continue' -%}
        {{ exceptions.warn(told) }}
        {{ return('skip') }}
    {%- elif wish == 'fail' -%}
        {{ exceptions.raise_fail_fast_error(told) }}
    {%- endif -%}
    {{ return('alter' if found.definition == fingerprint.definition else 'replace') }}
{% endmacro %}

{# How the rows get there: {kind, reason, condition, inputs}. kind: create, replace, recompute or increment. #}
{% macro materialized_view_refresh_plan(action, found, fingerprint) %}
    {%- set inputs = materialized_view_inputs_state(found) -%}
    {%- if action == 'create' -%}
        {{ return({'kind': 'create', 'reason': none, 'inputs': inputs}) }}
    {%- elif action == 'replace' -%}
        {%- set reason = '--full-refresh asks for it' if should_full_refresh()
            else 'it was none before' if found is none else 'its definition has changed' -%}
        {{ return({'kind': 'replace', 'reason': reason, 'inputs': inputs}) }}
    {%- elif inputs.obstacle -%}
        {{ return({'kind': 'recompute', 'reason': inputs.obstacle, 'inputs': inputs}) }}
    {%- endif -%}
    {%- set touched = materialized_view_touched_groups(inputs) -%}
    {%- if touched.groups > materialized_view_most_groups() -%}
        {{ return({'kind': 'recompute', 'reason': touched.groups ~ ' groups are touched', 'inputs': inputs}) }}
    {%- endif -%}
    {{ return({'kind': 'increment', 'reason': touched.groups ~ ' groups are touched', 'inputs': inputs, 'touched': touched}) }}
{% endmacro %}

{#
    materialized_view_relation(relation): the relation with the type that the engine's list of relations gives it.
#}
{% macro materialized_view_relation(relation) -%}
    {{ return(adapter.dispatch('materialized_view_relation')(relation)) }}
{%- endmacro %}

{% macro duckdb__materialized_view_relation(relation) -%}
    {{ return(relation.incorporate(type=relation.MaterializedView)) }}
{%- endmacro %}

{% macro athena__materialized_view_relation(relation) -%}
    {{ return(relation.incorporate(type=relation.Table)) }}
{%- endmacro %}

{#
    materialized_view_apply(…): do it. DuckDB does all of it in one transaction. On Athena a table is made beside the old one and takes its name,
    and an increment is one MERGE: in both a reader sees the rows before or after.
#}
{% macro materialized_view_apply(action, refresh, existing_relation, target_relation, found, fingerprint, sql) -%}
    {{ return(adapter.dispatch('materialized_view_apply')(action, refresh, existing_relation, target_relation, found, fingerprint, sql)) }}
{%- endmacro %}

{% macro duckdb__materialized_view_apply(action, refresh, existing_relation, target_relation, found, fingerprint, sql) -%}
    {%- set changes = {'found': found, 'fingerprint': fingerprint} -%}
    {%- call statement('main') -%}
        {%- if action == 'create' -%}
            {{ get_create_materialized_view_as_sql(target_relation, sql) }}
            {{ materialized_view_create_indexes_sql(target_relation, fingerprint.indexes) }}
        {%- elif action == 'replace' -%}
            {{ get_replace_sql(existing_relation, target_relation, sql) }}
            {{ materialized_view_create_indexes_sql(target_relation, fingerprint.indexes) }}
        {%- else -%}
            {%- if action == 'alter' -%}
                {{ get_alter_materialized_view_as_sql(target_relation, changes, sql, existing_relation, none, none) }}
            {%- endif -%}
            {%- if refresh.kind == 'recompute' -%}
                {{ refresh_materialized_view(target_relation) }}
            {%- elif refresh.touched.groups -%}
                {{ materialized_view_increment_sql(target_relation, sql, refresh.touched) }}
            {%- else -%}
                select 'nothing to do' as message
            {%- endif -%}
        {%- endif -%}
    {%- endcall -%}
{%- endmacro %}

{% macro athena__materialized_view_apply(action, refresh, existing_relation, target_relation, found, fingerprint, sql) -%}
    {%- if resolve_table_type() != 'iceberg' -%}
        {{ exceptions.raise_compiler_error(this.identifier ~ ": on Athena a materialized view is an Iceberg table; set table_type: iceberg.") }}
    {%- endif -%}
    {%- if action == 'create' -%}
        {%- do safe_create_table_as(False, target_relation, sql) -%}
    {%- elif refresh.kind != 'increment' -%}
        {%- if action == 'replace' -%}
            {{ log('Applying REPLACE to: ' ~ existing_relation) }}
        {%- endif -%}
        {%- do materialized_view_swap(existing_relation, target_relation, sql) -%}
    {%- elif refresh.touched.groups -%}
        {%- do run_query(materialized_view_increment_sql(target_relation, sql, refresh.touched)) -%}
    {%- endif -%}
    {%- do store_raw_result(name='main', message=refresh.kind | upper, code=refresh.kind | upper, rows_affected='-1') -%}
{%- endmacro %}

{# On Athena: make the table under another name, then let it take the name of the one that is there. #}
{% macro materialized_view_swap(existing_relation, target_relation, sql) %}
    {%- set made = make_temp_relation(target_relation, '__ha') -%}
    {%- set former = make_temp_relation(target_relation, '__bkp') -%}
    {%- for left_over in [made, former] if adapter.get_glue_table(left_over) -%}
        {%- do drop_relation(left_over) -%}
    {%- endfor -%}
    {%- do safe_create_table_as(False, made, sql) -%}
    {%- if adapter.get_glue_table_type(existing_relation).value == 'iceberg_table' -%}
        {%- do rename_relation(existing_relation, former) -%}
        {%- do rename_relation(made, target_relation) -%}
        {%- do drop_relation(former) -%}
    {%- else -%}
        {%- do drop_relation(existing_relation) -%}
        {%- do rename_relation(made, target_relation) -%}
    {%- endif -%}
{% endmacro %}
