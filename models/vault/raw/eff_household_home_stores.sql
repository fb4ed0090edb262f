{{ eff_sat(
    src_pk='household_store_hk',
    src_dfk='household_hk',
    src_sfk='store_hk',
    src_eff='effective_from',
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_household_home_stores',
    is_auto_end_dating=true
) }}
