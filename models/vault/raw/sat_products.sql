{{ sat(
    src_pk='product_hk',
    src_hashdiff={'source_column': 'product_hashdiff', 'alias': 'hashdiff'},
    src_payload=['department', 'product_category', 'product_type', 'brand', 'package_size'],
    src_eff='effective_from',
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_products'
) }}
