{{ stage(
    source_model='mailer_locations',
    derived_columns={
        'record_source': '!reference.mailer_locations',
        'load_date': "cast(date '" ~ var('calendar_start') ~ "' as timestamp(6))",
    }
) }}
