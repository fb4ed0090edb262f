{{ stage(
    source_model='stg_loyalty__households',
    derived_columns={
        'record_source': '!loyalty.households',
        'load_date': load_moment('load_id'),
        'effective_from': utc_to_local('updated_at')
    },
    hashed_columns={
        'household_hk': 'household_id',
        'household_demographics_hashdiff': {'is_hashdiff': true, 'columns': ['enrolled_at', 'age_band', 'income_band', 'home_ownership', 'marital_status', 'household_size', 'household_composition', 'kids_count']},
        'household_profile_hashdiff': {'is_hashdiff': true, 'columns': ['home_store_id', 'tier']}
    }
) }}
