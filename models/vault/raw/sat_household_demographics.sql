{{ sat(
    src_pk='household_hk',
    src_hashdiff='demographics_hashdiff',
    src_payload=['age_band', 'income_band', 'home_ownership', 'marital_status', 'household_size', 'household_composition', 'kids_count'],
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_households'
) }}
