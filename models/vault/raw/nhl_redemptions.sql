{{ nh_link(
    src_pk='redemption_hk',
    src_fk=['household_hk', 'coupon_hk', 'campaign_hk'],
    src_payload='redeemed_date',
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_redemptions'
) }}
