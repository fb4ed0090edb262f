{{ ref_table(
    src_pk='mailer_location_code',
    src_extra_columns=['mailer_location_name'],
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_mailer_locations'
) }}
