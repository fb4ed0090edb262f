{{ link(
    src_pk='article_product_hk',
    src_fk=['article_hk', 'product_hk'],
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_wholesaler_articles'
) }}
