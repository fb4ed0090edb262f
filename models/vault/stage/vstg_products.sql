{{ stage(
    source_model='stg_pos__products',
    derived_columns={
        'record_source': '!pos.products',
        'load_date': 'updated_at',
    },
    hashed_columns={
        'product_hk': 'product_id',
        'manufacturer_hk': 'manufacturer_id',
        'product_manufacturer_hk': ['product_id', 'manufacturer_id'],
        'catalogue_hashdiff': {'is_hashdiff': true, 'columns': ['manufacturer_id', 'department', 'brand', 'product_category', 'product_type', 'package_size']},
    }
) }}
