{#
    hub: one row for each business key, as first seen: the earliest load date wins, then the first record source. Null keys are dropped.

    {{ hub(src_pk='product_hk', src_nk='product_id', src_ldts='load_date', src_source='record_source', source_model='vstg_products') }}
#}
{% macro hub(src_pk=none, src_nk=none, src_ldts=none, src_source=none, source_model=none, src_extra_columns=none) -%}
    {%- set given = vault_arguments('hub', source_model, {
        'src_pk': src_pk, 'src_nk': src_nk, 'src_extra_columns': src_extra_columns, 'src_ldts': src_ldts, 'src_source': src_source
    }, ['src_extra_columns'], kwargs) -%}
    {{ vault_first_rows('hub', given, given.src_pk, given.src_pk) }}
{%- endmacro %}
