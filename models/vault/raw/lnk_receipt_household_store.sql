{{ link(
    src_pk='receipt_household_store_hk',
    src_fk=['receipt_hk', 'household_hk', 'store_hk'],
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_receipts'
) }}
