{{ stage(
    source_model='stg_loyalty__campaigns',
    derived_columns={
        'record_source': '!loyalty.campaigns',
        'load_date': 'updated_at',
    },
    hashed_columns={
        'campaign_hk': 'campaign_id',
        'campaign_hashdiff': {'is_hashdiff': true, 'columns': ['campaign_type', 'start_date', 'end_date']},
    }
) }}
