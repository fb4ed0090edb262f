{{ ref_table(
    src_pk='tier',
    src_extra_columns=['minimum_spend_amount'],
    source_model='household_tiers'
) }}
