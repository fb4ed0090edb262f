{{ hub(
    src_pk='product_hk',
    src_nk='product_id',
    src_ldts='load_date',
    src_source='record_source',
    source_model=['vstg_products', 'vstg_sold_products', 'vstg_coupons', 'vstg_promoted_products']
) }}
