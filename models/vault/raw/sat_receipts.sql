{{ config(only_newer=true) }}

{{ sat(
    src_pk='receipt_hk',
    src_hashdiff={'source_column': 'receipt_hashdiff', 'alias': 'hashdiff'},
    src_payload=['household_id', 'store_id', 'sold_at'],
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_receipt_lines'
) }}
