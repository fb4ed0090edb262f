{#
    sat_end_dated: a view of a satellite whose rows say until when they held: load_end_date is the key's next load date, or max_datetime, and
    is_current marks the latest. Of several rows of a load date all but the last hold for no time, unless src_cdk says that they are a set.

    {{ sat_end_dated(src_pk='product_hk', src_ldts='load_date', src_hashdiff='product_hashdiff', source_model='sat_products') }}
#}
{% macro sat_end_dated(
    src_pk=none, src_ldts=none, source_model=none, src_hashdiff=none, src_eff=none, src_cdk=none, src_payload=none, src_source=none,
    src_extra_columns=none
) -%}
    {%- set given = vault_arguments('sat_end_dated', source_model, {
        'src_pk': src_pk, 'src_cdk': src_cdk, 'src_hashdiff': src_hashdiff, 'src_payload': src_payload, 'src_extra_columns': src_extra_columns,
        'src_eff': src_eff, 'src_ldts': src_ldts, 'src_source': src_source
    }, ['src_cdk', 'src_hashdiff', 'src_eff', 'src_payload', 'src_source', 'src_extra_columns'], kwargs) -%}
    {%- set ldts = given.src_ldts[0] -%}
    {%- set partition = 'partition by ' ~ given.src_pk | join(', ') ~ ' order by ' -%}
with

satellite as (

    select * from {{ given.parts[0].relation }}

),

followed as (

    select
        *,
        {%- if given.src_cdk %}
        min({{ ldts }}) over ({{ partition }}{{ ldts }} groups between 1 following and unbounded following) as next_load_date
        {%- else %}
        lead({{ ldts }}) over ({{ partition }}{{ ([ldts] + given.src_eff + given.src_hashdiff) | join(' nulls first, ') }}) as next_load_date
        {%- endif %}
    from satellite

),

final as (

    select
        {{ given.columns | join(', ') if given.src_payload else given.parts[0].types.keys() | join(', ') or '*' }},
        coalesce(next_load_date, {{ vault_end_of_time(given.types.get(vault_plain(ldts), '')) }}) as load_end_date,
        next_load_date is null as is_current
    from followed

)

select * from final
{%- endmacro %}
