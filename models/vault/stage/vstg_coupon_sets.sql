{{ stage(
    source_model='stg_loyalty__coupons',
    derived_columns={
        'record_source': '!loyalty.coupons',
        'load_date': 'max(' ~ load_moment('load_id') ~ ') over (partition by coupon_upc, campaign_id)'
    },
    hashed_columns={
        'coupon_hk': ['coupon_upc', 'campaign_id'],
        'coupon_product_hashdiff': {'is_hashdiff': true, 'columns': ['product_id']}
    }
) }}
