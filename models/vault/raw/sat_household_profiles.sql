{{ sat(
    src_pk='household_hk',
    src_hashdiff='profile_hashdiff',
    src_payload=['enrolled_at', 'home_store_id', 'tier'],
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_households'
) }}
