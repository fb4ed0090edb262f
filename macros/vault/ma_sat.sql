{#
    ma_sat: what describes a key by several rows at a time, told apart by a child key. At each load date the rows of a key are a set, and the whole
    set is loaded when its members (child key and hashdiff) differ from those of the set before it, by one or by their number. Sets are put in the
    order of load dates, those of the target among those of the stage, as in sat. A load date whose set the target has gets only the members that
    are new.

    {{ ma_sat(src_pk='coupon_hk', src_cdk='product_id', src_hashdiff='coupon_product_hashdiff', src_payload=['product_id'], src_ldts='load_date',
              src_source='record_source', source_model='vstg_coupons') }}
#}
{% macro ma_sat(
    src_pk=none, src_cdk=none, src_hashdiff=none, src_payload=none, src_ldts=none, src_source=none, source_model=none, src_eff=none,
    src_extra_columns=none
) -%}
    {%- set given = vault_arguments('ma_sat', source_model, {
        'src_pk': src_pk, 'src_cdk': src_cdk, 'src_hashdiff': src_hashdiff, 'src_payload': src_payload, 'src_extra_columns': src_extra_columns,
        'src_eff': src_eff, 'src_ldts': src_ldts, 'src_source': src_source
    }, ['src_payload', 'src_extra_columns', 'src_eff'], kwargs) -%}
    {%- set set_key = given.src_pk + given.src_ldts -%}
    {%- set member = given.src_cdk + given.src_hashdiff -%}
{{ vault_appends() -}}
with

{{ vault_staged_and_ghost('ma_sat', given, given.src_pk + given.src_cdk) }},

numbered as (

    select
        *,
        row_number() over (
            partition by {{ (set_key + member) | join(', ') }}
            order by {{ (given.src_eff + given.src_source + given.src_extra_columns) | join(', ') }}
        ) as vault_position
    from staged_and_ghost

),

{% if is_incremental() %}
known as (

    select distinct {{ (set_key + member) | join(', ') }}
    from {{ this }} as target
    where exists (select 1 from numbered where {{ vault_same('numbered', 'target', given.src_pk) }})

),

{% endif %}
members as (

    select {{ (set_key + member) | join(', ') }}
    from numbered
    where vault_position = 1

    {%- if is_incremental() %}
    union
    select * from known
    {%- endif %}

),

sets as (

    select
        {{ set_key | join(', ') }},
        array_agg(row({{ member | join(', ') }}) order by {{ member | join(', ') }}) as members
    from members
    group by {{ set_key | join(', ') }}

),

compared as (

    select
        *,
        lag({{ given.src_ldts[0] }}) over history as previous_load_date,
        lag(members) over history as previous_members
    from sets
    window history as (
        partition by {{ given.src_pk | join(', ') }}
        order by {{ given.src_ldts[0] }}
    )

),

changed as (

    select {{ set_key | join(', ') }}
    from compared
    where
        previous_load_date is null
        or previous_members is distinct from members
        {%- if is_incremental() %}
        or exists (select 1 from known where {{ vault_same('known', 'compared', set_key) }})
        {%- endif %}

),

final as (

    select {{ given.columns | join(', ') }}
    from numbered
    where
        vault_position = 1
        and exists (select 1 from changed where {{ vault_same('changed', 'numbered', set_key) }})
        {%- if is_incremental() %}
        and not exists (select 1 from known where {{ vault_same('known', 'numbered', set_key + member, set_key + given.src_cdk) }})
        {%- endif %}

)

select * from final
{%- endmacro %}
