{#
    link: one row for each relationship between hubs, as first seen. Dropped when the link's key or any foreign key is null.

    {{ link(src_pk='product_manufacturer_hk', src_fk=['product_hk', 'manufacturer_hk'], src_ldts='load_date', src_source='record_source',
            source_model='vstg_products') }}
#}
{% macro link(src_pk=none, src_fk=none, src_ldts=none, src_source=none, source_model=none, src_extra_columns=none) -%}
    {%- set given = vault_arguments('link', source_model, {
        'src_pk': src_pk, 'src_fk': src_fk, 'src_extra_columns': src_extra_columns, 'src_ldts': src_ldts, 'src_source': src_source
    }, ['src_extra_columns'], kwargs) -%}
    {{ vault_first_rows('link', given, given.src_pk, given.src_pk + given.src_fk) }}
{%- endmacro %}
