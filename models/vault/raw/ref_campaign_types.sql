{{ ref_table(
    src_pk='campaign_type',
    src_extra_columns=['description'],
    source_model='campaign_types'
) }}
