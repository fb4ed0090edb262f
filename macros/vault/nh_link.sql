{#
    nh_link: a link whose rows never change, with what was measured beside the keys: every different row whose key is new. Dropped when a part of
    its key, or a foreign key, is null. is_distinct=true says that the stage holds no row twice, and saves the look for it.

    {{ nh_link(src_pk='receipt_line_hk', src_fk=['receipt_hk', 'product_hk'], src_payload=['quantity', 'sales_amount'], src_ldts='load_date',
               src_source='record_source', source_model='vstg_receipt_lines') }}
#}
{% macro nh_link(
    src_pk=none, src_fk=none, src_ldts=none, src_source=none, source_model=none, src_payload=none, src_eff=none, src_extra_columns=none,
    is_distinct=false
) -%}
    {%- set given = vault_arguments('nh_link', source_model, {
        'src_pk': src_pk, 'src_fk': src_fk, 'src_payload': src_payload, 'src_extra_columns': src_extra_columns, 'src_eff': src_eff,
        'src_ldts': src_ldts, 'src_source': src_source
    }, ['src_payload', 'src_extra_columns', 'src_eff'], kwargs) -%}
    {{ vault_distinct_rows('nh_link', given, given.src_pk, given.src_pk + given.src_fk, not is_distinct) }}
{%- endmacro %}
