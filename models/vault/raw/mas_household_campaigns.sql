{{ ma_sat(
    src_pk='household_hk',
    src_cdk='campaign_id',
    src_hashdiff={'source_column': 'household_campaign_hashdiff', 'alias': 'hashdiff'},
    src_payload='targeted_at',
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_household_campaign_sets'
) }}
