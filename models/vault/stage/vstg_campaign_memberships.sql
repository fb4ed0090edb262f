{{ stage(
    source_model='vstg_memberships_with_ends',
    derived_columns={
        'record_source': '!loyalty.campaign_memberships',
        'load_date': load_moment('load_id'),
        'effective_from': utc_to_local('targeted_at')
    },
    hashed_columns={
        'campaign_household_hk': ['campaign_id', 'household_id'],
        'campaign_hk': 'campaign_id',
        'household_hk': 'household_id'
    }
) }}
