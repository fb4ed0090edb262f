{{ eff_sat(
    src_pk='campaign_household_hk',
    src_dfk='campaign_hk',
    src_sfk='household_hk',
    src_start_date={'source_column': 'effective_from', 'alias': 'start_date'},
    src_end_date={'source_column': 'effective_to', 'alias': 'end_date'},
    src_eff='effective_from',
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_campaign_households'
) }}
