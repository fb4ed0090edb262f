{#
    sat: the versions of what describes a key. A staged row is loaded when its hashdiff differs from the row before it: rows are put in the order of
    key, load date, effective-from and hashdiff, those of the target among those of the stage. So a repeated row finds itself and is not loaded, a
    late one takes its place in the history, and several load dates of a batch are applied in order. Of the target only the staged keys are read.

    is_distinct=true says that the stage holds no version of a key twice, as where each key has one row: a first load then looks for none.

    With the variable enable_ghost_records the satellite has one row for the zero key, of 1900-01-01 and system_record_value, and an empty payload.

    {{ sat(src_pk='product_hk', src_hashdiff='product_hashdiff', src_payload=['brand', 'package_size'], src_eff='effective_from',
           src_ldts='load_date', src_source='record_source', source_model='vstg_products') }}
#}
{% macro sat(
    src_pk=none, src_hashdiff=none, src_payload=none, src_ldts=none, src_source=none, source_model=none, src_eff=none, src_extra_columns=none,
    is_distinct=false
) -%}
    {%- set given = vault_arguments('sat', source_model, {
        'src_pk': src_pk, 'src_hashdiff': src_hashdiff, 'src_payload': src_payload, 'src_extra_columns': src_extra_columns, 'src_eff': src_eff,
        'src_ldts': src_ldts, 'src_source': src_source
    }, ['src_extra_columns', 'src_eff'], kwargs) -%}
    {%- set order = given.src_ldts + given.src_eff + given.src_hashdiff -%}
    {%- set target = vault_types(this) if is_incremental() else {} -%}
{{ vault_appends() -}}
with

{{ vault_staged_and_ghost('sat', given, given.src_pk) }},

{% if is_distinct and not is_incremental() -%}
final as (

    select {{ given.columns | join(', ') }}
    from staged_and_ghost

)

{% else -%}
timeline as (

    select
        {{ given.columns | join(', ') }},
        1 as is_staged
    from staged_and_ghost

    {%- if is_incremental() %}
    union all
    select
        {%- for column in given.columns %}
        {{ column if column in given.src_pk + order and vault_plain(column) in target else 'null' }} as {{ column }},
        {%- endfor %}
        0 as is_staged
    from {{ this }} as known
    where exists (select 1 from staged_and_ghost where {{ vault_same('staged_and_ghost', 'known', given.src_pk) }})
    {%- endif %}

),

compared as (

    select
        *,
        lag({{ given.src_ldts[0] }}) over history as previous_load_date,
        lag({{ given.src_hashdiff[0] }}) over history as previous_hashdiff
    from timeline
    window history as (
        partition by {{ given.src_pk | join(', ') }}
        order by {{ order | join(' nulls first, ') }}, is_staged, {{ (given.src_source + given.src_extra_columns) | join(', ') }}
    )

),

final as (

    select {{ given.columns | join(', ') }}
    from compared
    where
        is_staged = 1
        and (previous_load_date is null or previous_hashdiff is distinct from {{ given.src_hashdiff[0] }})

)

{% endif -%}
select * from final
{%- endmacro %}

{# The staged rows, and with enable_ghost_records the ghost record, which then loads as any other row does: once. #}
{% macro vault_staged_and_ghost(macro, given, not_null) %}
{{- vault_staged(macro, given, not_null) }},

staged_and_ghost as (

    select * from staged
    {%- if var('enable_ghost_records', false) %}
    union all
    select
        {%- for column in given.columns %}
        {%- set type = given.types.get(vault_plain(column), '') %}
        {% if column in given.src_pk + given.src_hashdiff + given.get('src_cdk', []) -%}
            {{ vault_zero_key(type) }}
        {%- elif column in given.src_ldts + given.src_eff -%}
            {{ vault_beginning_of_time(type) }}
        {%- elif column in given.src_source -%}
            {{ vault_literal(var('system_record_value', 'SYSTEM')) }}
        {%- else -%}
            null
        {%- endif %} as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    {%- endif %}

)
{%- endmacro %}
