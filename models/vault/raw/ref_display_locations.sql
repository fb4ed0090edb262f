{{ ref_table(
    src_pk='display_location_code',
    src_extra_columns=['display_location_name'],
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_display_locations'
) }}
