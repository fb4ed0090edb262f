{{ ma_sat(
    src_pk=['coupon_hk', 'campaign_hk'],
    src_cdk='product_id',
    src_hashdiff='coupon_product_hashdiff',
    src_payload='product_hk',
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_coupons'
) }}
