{{ stage(
    source_model='stg_loyalty__redemptions',
    derived_columns={
        'record_source': '!loyalty.redemptions',
        'load_date': load_moment('load_id')
    },
    hashed_columns={
        'redemption_hk': ['household_id', 'coupon_upc', 'campaign_id', 'redeemed_date'],
        'household_hk': 'household_id',
        'coupon_hk': ['coupon_upc', 'campaign_id'],
        'campaign_hk': 'campaign_id'
    }
) }}
