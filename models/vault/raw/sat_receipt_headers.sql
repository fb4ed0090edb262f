{{ sat(
    src_pk='receipt_hk',
    src_hashdiff='header_hashdiff',
    src_payload=['sold_at', 'sold_date', 'grocer_week'],
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_receipts',
    is_distinct=true
) }}
