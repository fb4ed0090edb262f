{#
    follows_stage: a satellite shows what was staged: its latest row up to the load date of a staged row has that row's hashdiff, and no row repeats
    the one before it. What the stage no longer has may stay. Fails with one row a key and moment.
    Not for a stage whose rows come late: a late row may make a row that is there already a repeat.

    data_tests:
      - follows_stage:
          arguments: {key: household_hk, hashdiff: profile_hashdiff, stage: ref('vstg_households')}
#}
{% test follows_stage(model, key, hashdiff, stage) %}

with

held as (

    select
        staged.{{ key }},
        staged.load_date,
        staged.{{ hashdiff }},
        max(satellite.load_date) as held_since
    from {{ stage }} as staged
    left join {{ model }} as satellite
        on
            staged.{{ key }} = satellite.{{ key }}
            and staged.load_date >= satellite.load_date
    where staged.{{ key }} is not null
    group by staged.{{ key }}, staged.load_date, staged.{{ hashdiff }}

),

versions as (

    select
        {{ key }},
        load_date,
        {{ hashdiff }},
        lag({{ hashdiff }}) over (partition by {{ key }} order by load_date) as previous_hashdiff
    from {{ model }}

)

select
    {{ vault_hash_text('held.' ~ key) }} as key_text,
    held.load_date,
    'another version held than was staged' as reason
from held
left join {{ model }} as satellite
    on
        held.{{ key }} = satellite.{{ key }}
        and held.held_since = satellite.load_date
where satellite.{{ hashdiff }} is distinct from held.{{ hashdiff }}
union all
select
    {{ vault_hash_text(key) }} as key_text,
    load_date,
    'the version repeats the one before it' as reason
from versions
where previous_hashdiff = {{ hashdiff }}

{% endtest %}
