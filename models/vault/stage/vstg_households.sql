{{ stage(
    source_model='stg_loyalty__households',
    derived_columns={
        'record_source': '!loyalty.households',
        'load_date': 'updated_at',
    },
    hashed_columns={
        'household_hk': 'household_id',
        'demographics_hashdiff': {'is_hashdiff': true, 'columns': ['age_band', 'income_band', 'home_ownership', 'marital_status', 'household_size', 'household_composition', 'kids_count']},
        'profile_hashdiff': {'is_hashdiff': true, 'columns': ['enrolled_at', 'home_store_id', 'tier']},
    }
) }}
