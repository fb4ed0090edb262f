{{ bridge(
    source_model='hub_households',
    src_pk='household_hk',
    as_of_dates_table='vstg_month_ends',
    bridge_walk={
        'campaigns': {
            'bridge_link_pk': 'campaign_household_hk',
            'link_table': 'lnk_campaign_household',
            'link_pk': 'campaign_household_hk',
            'link_fk1': 'household_hk',
            'link_fk2': 'campaign_hk',
            'eff_sat_table': 'eff_campaign_households',
            'eff_sat_pk': 'campaign_household_hk',
            'eff_sat_end_date': 'end_date',
            'eff_sat_load_date': 'load_date',
        },
    }
) }}
