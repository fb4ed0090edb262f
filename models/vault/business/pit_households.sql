{{ pit(
    source_model='hub_households',
    src_pk='household_hk',
    as_of_dates_table='vstg_month_ends',
    satellites={
        'sat_household_demographics': {'pk': {'pk': 'household_hk'}, 'ldts': {'ldts': 'load_date'}},
        'sat_household_profiles': {'pk': {'pk': 'household_hk'}, 'ldts': {'ldts': 'load_date'}},
        'eff_household_home_stores': {'pk': {'pk': 'household_hk'}, 'ldts': {'ldts': 'load_date'}},
        'eff_household_tiers': {'pk': {'pk': 'household_hk'}, 'ldts': {'ldts': 'load_date'}},
        'sat_household_value_segments': {'pk': {'pk': 'household_hk'}, 'ldts': {'ldts': 'load_date'}},
    }
) }}
