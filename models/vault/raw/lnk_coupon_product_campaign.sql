{{ link(
    src_pk='coupon_product_campaign_hk',
    src_fk=['coupon_hk', 'product_hk', 'campaign_hk'],
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_coupons'
) }}
