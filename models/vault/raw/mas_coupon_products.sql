{{ ma_sat(
    src_pk='coupon_hk',
    src_cdk='product_id',
    src_hashdiff={'source_column': 'coupon_product_hashdiff', 'alias': 'hashdiff'},
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_coupon_sets'
) }}
