{{ link(
    src_pk='product_manufacturer_hk',
    src_fk=['product_hk', 'manufacturer_hk'],
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_products'
) }}
