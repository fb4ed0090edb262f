{{ hub(
    src_pk='manufacturer_hk',
    src_nk='manufacturer_id',
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_products'
) }}
