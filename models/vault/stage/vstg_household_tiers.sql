{{ stage(
    source_model='household_tiers',
    derived_columns={
        'record_source': '!reference.household_tiers',
        'load_date': "cast(date '" ~ var('calendar_start') ~ "' as timestamp(6))",
    }
) }}
