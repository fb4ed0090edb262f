{{ hub(
    src_pk='article_hk',
    src_nk='article_number',
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_wholesaler_articles'
) }}
