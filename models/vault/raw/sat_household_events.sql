{{ sat(
    src_pk='household_hk',
    src_hashdiff={'source_column': 'household_event_hashdiff', 'alias': 'hashdiff'},
    src_payload=['event_id', 'event_type', 'occurred_at', 'home_store_id', 'tier'],
    src_eff='effective_from',
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_household_events'
) }}
