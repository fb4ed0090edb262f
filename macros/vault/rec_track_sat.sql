{#
    rec_track_sat: one row for each key, load date and record source in which the key was seen.

    {{ rec_track_sat(src_pk='household_hk', src_ldts='load_date', src_source='record_source', source_model='vstg_households') }}
#}
{% macro rec_track_sat(src_pk=none, src_ldts=none, src_source=none, source_model=none, src_extra_columns=none) -%}
    {%- set given = vault_arguments('rec_track_sat', source_model, {
        'src_pk': src_pk, 'src_extra_columns': src_extra_columns, 'src_ldts': src_ldts, 'src_source': src_source
    }, ['src_extra_columns'], kwargs) -%}
    {{ vault_first_rows('rec_track_sat', given, given.src_pk + given.src_ldts + given.src_source, given.src_pk + given.src_ldts) }}
{%- endmacro %}
