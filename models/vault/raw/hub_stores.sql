{{ hub(
    src_pk='store_hk',
    src_nk='store_id',
    src_ldts='load_date',
    src_source='record_source',
    source_model=['vstg_receipts', 'vstg_household_home_stores', 'vstg_promoted_stores']
) }}
