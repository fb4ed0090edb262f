{{ hub(
    src_pk='week_hk',
    src_nk='grocer_week',
    src_ldts='load_date',
    src_source='record_source',
    source_model=['vstg_receipts', 'vstg_promoted_weeks']
) }}
