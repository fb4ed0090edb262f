{{ sat(
    src_pk='article_hk',
    src_hashdiff='label_hashdiff',
    src_payload=['label', 'pack'],
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_wholesaler_articles'
) }}
