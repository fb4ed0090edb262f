{{ stage(
    source_model='stg_loyalty__household_events',
    derived_columns={
        'record_source': '!loyalty.household_events',
        'load_date': load_moment('load_id'),
        'effective_from': utc_to_local('occurred_at'),
        'store_id': 'home_store_id'
    },
    hashed_columns={
        'household_hk': 'household_id',
        'store_hk': 'home_store_id',
        'household_home_store_hk': ['household_id', 'home_store_id'],
        'household_tier_hk': ['household_id', 'tier'],
        'household_event_hashdiff': {'is_hashdiff': true, 'columns': ['event_id', 'event_type', 'occurred_at', 'home_store_id', 'tier']}
    }
) }}
