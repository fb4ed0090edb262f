{{ link(
    src_pk='redemption_hk',
    src_fk=['household_hk', 'coupon_hk', 'campaign_hk'],
    src_extra_columns='redeemed_date',
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_redemptions'
) }}
