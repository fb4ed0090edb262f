{{ stage(
    source_model='stg_loyalty__redemptions',
    derived_columns={
        'record_source': '!loyalty.redemptions',
        'load_date': 'updated_at',
    },
    hashed_columns={
        'household_hk': 'household_id',
        'coupon_hk': 'coupon_upc',
        'campaign_hk': 'campaign_id',
        'redemption_hk': ['household_id', 'coupon_upc', 'campaign_id', 'redeemed_date'],
    }
) }}
