{{ sat(
    src_pk='campaign_hk',
    src_hashdiff='campaign_hashdiff',
    src_payload=['campaign_type', 'start_date', 'end_date'],
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_campaigns'
) }}
