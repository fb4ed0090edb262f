{{ sat(
    src_pk='household_hk',
    src_hashdiff='segment_hashdiff',
    src_payload='value_segment',
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_household_value_segments'
) }}
