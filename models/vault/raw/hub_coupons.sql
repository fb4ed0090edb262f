{{ hub(
    src_pk='coupon_hk',
    src_nk='coupon_upc',
    src_ldts='load_date',
    src_source='record_source',
    source_model=['vstg_coupons', 'vstg_redemptions']
) }}
