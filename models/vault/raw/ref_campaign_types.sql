{{ ref_table(
    src_pk='campaign_type',
    src_extra_columns=['description'],
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_campaign_types'
) }}
