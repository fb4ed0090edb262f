{{ hub(
    src_pk='household_hk',
    src_nk='household_id',
    src_ldts='load_date',
    src_source='record_source',
    source_model=[
        'vstg_household_home_stores', 'vstg_household_tier_events', 'vstg_households', 'vstg_campaign_households', 'vstg_receipts',
        'vstg_redemptions',
    ]
) }}
