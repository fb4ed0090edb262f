{{ ref_table(
    src_pk='display_location_code',
    src_extra_columns=['display_location_name'],
    source_model='display_locations'
) }}
