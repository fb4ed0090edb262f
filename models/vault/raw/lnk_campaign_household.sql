{{ link(
    src_pk='campaign_household_hk',
    src_fk=['campaign_hk', 'household_hk'],
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_campaign_households'
) }}
