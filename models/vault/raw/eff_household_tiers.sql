{{ eff_sat(
    src_pk='household_tier_hk',
    src_dfk='household_hk',
    src_sfk='tier',
    src_eff='effective_from',
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_household_tier_events',
    is_auto_end_dating=true
) }}
