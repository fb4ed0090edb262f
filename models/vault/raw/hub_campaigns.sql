{{ hub(
    src_pk='campaign_hk',
    src_nk='campaign_id',
    src_ldts='load_date',
    src_source='record_source',
    source_model=['vstg_campaigns', 'vstg_campaign_households', 'vstg_coupons', 'vstg_redemptions']
) }}
