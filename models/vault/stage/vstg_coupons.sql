{{ stage(
    source_model='stg_loyalty__coupons',
    derived_columns={
        'record_source': '!loyalty.coupons',
        'load_date': load_moment('load_id')
    },
    hashed_columns={
        'coupon_hk': ['coupon_upc', 'campaign_id'],
        'product_hk': 'product_id',
        'campaign_hk': 'campaign_id',
        'coupon_product_hk': ['coupon_upc', 'campaign_id', 'product_id']
    }
) }}
