{{ sat(
    src_pk='product_hk',
    src_hashdiff='catalogue_hashdiff',
    src_payload=['manufacturer_id', 'department', 'brand', 'product_category', 'product_type', 'package_size'],
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_products'
) }}
