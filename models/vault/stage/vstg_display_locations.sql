{{ stage(
    source_model='display_locations',
    derived_columns={
        'record_source': '!reference.display_locations',
        'load_date': "cast(date '" ~ var('calendar_start') ~ "' as timestamp(6))",
    }
) }}
