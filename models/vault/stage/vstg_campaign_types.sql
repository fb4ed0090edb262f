{{ stage(
    source_model='campaign_types',
    derived_columns={
        'record_source': '!reference.campaign_types',
        'load_date': "cast(date '" ~ var('calendar_start') ~ "' as timestamp(6))",
    }
) }}
