{{ ma_sat(
    src_pk='household_hk',
    src_cdk='campaign_id',
    src_hashdiff='open_campaign_hashdiff',
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_household_open_campaigns'
) }}
