{{ link(
    src_pk='household_store_hk',
    src_fk=['household_hk', 'store_hk'],
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_household_home_stores'
) }}
