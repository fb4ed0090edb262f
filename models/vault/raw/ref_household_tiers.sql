{{ ref_table(
    src_pk='tier',
    src_extra_columns=['minimum_spend_amount'],
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_household_tiers'
) }}
