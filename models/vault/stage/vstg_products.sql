{{ stage(
    source_model='stg_pos__products',
    derived_columns={
        'record_source': '!till.products',
        'load_date': load_moment('load_id'),
        'effective_from': utc_to_local('updated_at')
    },
    hashed_columns={
        'product_hk': 'product_id',
        'manufacturer_hk': 'manufacturer_id',
        'product_manufacturer_hk': ['product_id', 'manufacturer_id'],
        'product_hashdiff': {'is_hashdiff': true, 'columns': ['department', 'product_category', 'product_type', 'brand', 'package_size']}
    }
) }}
