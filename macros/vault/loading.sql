{#
    What the insert-only structures share. Each is an incremental model that appends: vault_appends() says so to dbt, and that a payload column that
    is new becomes a column of the target.

    vault_staged(macro, given, not_null): the CTE `staged`, all rows of the stages in which the columns of not_null are not null. A row without its
    load date cannot be put in order: it stops the load.
    vault_first_rows(macro, given, grain, not_null): one row, the earliest, for each key of `grain` that the target lacks.
    vault_distinct_rows(macro, given, key, not_null, distinct): the different rows whose key the target lacks.

    {{ vault_first_rows('hub', given, given.src_pk, given.src_pk) }}
#}
{% macro vault_appends() %}
    {{ config(materialized='incremental', incremental_strategy='append', on_schema_change='append_new_columns') }}
{% endmacro %}

{% macro vault_staged(macro, given, not_null) %}
staged as (

    {%- for part in given.parts %}

    select
        {%- for column in part.columns %}
        {{ column.source }} as {{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ part.relation }}
    where
        true
        {%- for column in part.columns if column.name in not_null %}
        and {{ column.source }} is not null
        {%- endfor %}
        {%- for column in part.columns if column.name in given.src_ldts %}
        and {{ vault_allowed(macro, column.source ~ ' is null', 'a staged row of ' ~ part.relation.identifier ~ ' has no ' ~ column.source) }}
        {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)
{%- endmacro %}

{% macro vault_first_rows(macro, given, grain, not_null) %}
{{- vault_appends() -}}
with

{{ vault_staged(macro, given, not_null) }},

unseen as (

    select staged.*
    from staged
    {{ vault_where_unseen('staged', grain, not_null) }}

),

numbered as (

    select
        *,
        row_number() over (
            partition by {{ grain | join(', ') }}
            order by {{ (given.src_ldts + given.src_source + given.columns) | join(', ') }}
        ) as vault_position
    from unseen

),

final as (

    select {{ given.columns | join(', ') }}
    from numbered
    where vault_position = 1

)

select * from final
{%- endmacro %}

{% macro vault_distinct_rows(macro, given, key, not_null, distinct=true) %}
{{- vault_appends() -}}
with

{{ vault_staged(macro, given, not_null) }},

final as (

    select {{ 'distinct' if distinct }} staged.*
    from staged
    {{ vault_where_unseen('staged', key, not_null) }}

)

select * from final
{%- endmacro %}

{# Keeps the rows whose key the target lacks. What may be null in the key is compared as a value. #}
{% macro vault_where_unseen(rows, key, not_null) %}
    {%- if is_incremental() -%}
    where not exists (select 1 from {{ this }} as known where {{ vault_same(rows, 'known', key, not_null) }})
    {%- endif -%}
{% endmacro %}

{# The condition that two relations agree in columns, of which those of not_null hold no nulls (none does, unless said otherwise). #}
{% macro vault_same(left, right, columns, not_null=none) -%}
    {%- for column in columns -%}
        {%- set equals = '=' if not_null is none or column in not_null else 'is not distinct from' -%}
        {{ left }}.{{ column }} {{ equals }} {{ right }}.{{ column }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# A condition that is true, or stops the load: with one sentence, when a row is found that no rule covers. #}
{% macro vault_allowed(macro, wrong, sentence) -%}
    case when {{ wrong }} then cast({{ vault_raise('Model ' ~ this.identifier ~ ', macro ' ~ macro ~ ': ' ~ sentence ~ '.') }} as boolean) else true end
{%- endmacro %}

{# A moment long ago or far ahead, of a column's type. #}
{% macro vault_moment(moment, data_type='') -%}
    {%- if data_type | lower == 'date' -%}
        date '{{ moment[:10] }}'
    {%- else -%}
        cast(timestamp '{{ moment }}' as timestamp(6))
    {%- endif -%}
{%- endmacro %}

{% macro vault_beginning_of_time(data_type='') -%}
    {{ vault_moment(var('ghost_date', '1900-01-01 00:00:00'), data_type) }}
{%- endmacro %}

{% macro vault_end_of_time(data_type='') -%}
    {{ vault_moment(var('max_datetime', '9999-12-31 23:59:59.999999'), data_type) }}
{%- endmacro %}
