{{ ref_table(
    src_pk='mailer_location_code',
    src_extra_columns=['mailer_location_name'],
    source_model='mailer_locations'
) }}
