{{ hub(
    src_pk='store_hk',
    src_nk='store_id',
    src_ldts='load_date',
    src_source='record_source',
    source_model=['vstg_receipt_lines', 'vstg_household_events', 'vstg_promoted_stores']
) }}
