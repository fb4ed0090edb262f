{{ stage(
    source_model='stg_wholesaler__articles',
    derived_columns={
        'record_source': '!wholesaler.articles',
        'load_date': 'updated_at',
    },
    hashed_columns={
        'article_hk': 'article_number',
        'product_hk': 'product_id',
        'article_product_hk': ['article_number', 'product_id'],
        'label_hashdiff': {'is_hashdiff': true, 'columns': ['label', 'pack']},
    }
) }}
