{{ stage(
    source_model='stg_loyalty__campaign_memberships',
    derived_columns={
        'record_source': '!loyalty.campaign_memberships',
        'load_date': 'max(' ~ load_moment('load_id') ~ ') over (partition by household_id)'
    },
    hashed_columns={
        'household_hk': 'household_id',
        'household_campaign_hashdiff': {'is_hashdiff': true, 'columns': ['campaign_id', 'targeted_at']}
    }
) }}
