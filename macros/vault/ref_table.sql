{#
    ref_table: codes and their meanings: every different row whose key is not null and not in the target.

    {{ ref_table(src_pk='display_code', src_extra_columns=['display_location'], source_model='vstg_display_locations') }}
#}
{% macro ref_table(src_pk=none, source_model=none, src_extra_columns=none, src_ldts=none, src_source=none) -%}
    {%- set given = vault_arguments('ref_table', source_model, {
        'src_pk': src_pk, 'src_extra_columns': src_extra_columns, 'src_ldts': src_ldts, 'src_source': src_source
    }, ['src_extra_columns', 'src_ldts', 'src_source'], kwargs) -%}
    {{ vault_distinct_rows('ref_table', given, given.src_pk, given.src_pk) }}
{%- endmacro %}
