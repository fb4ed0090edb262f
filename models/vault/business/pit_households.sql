{{ pit(
    source_model='hub_households',
    src_pk='household_hk',
    as_of_dates_table='as_of_month_ends',
    satellites={
        'bsat_household_states': {'pk': {'pk': 'household_hk'}, 'ldts': {'effective_from': 'effective_from'}},
        'bsat_household_value_segments': {'pk': {'pk': 'household_hk'}, 'ldts': {'effective_from': 'effective_from'}}
    }
) }}
