{{ hub(
    src_pk='receipt_hk',
    src_nk='basket_id',
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_receipts'
) }}
