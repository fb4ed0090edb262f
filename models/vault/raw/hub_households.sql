{{ hub(
    src_pk='household_hk',
    src_nk='household_id',
    src_ldts='load_date',
    src_source='record_source',
    source_model=['vstg_households', 'vstg_household_events', 'vstg_receipt_lines', 'vstg_campaign_memberships', 'vstg_redemptions']
) }}
