-- depends_on: {{ ref('vstg_receipt_lines') }}
-- depends_on: {{ ref('vstg_new_receipt_lines') }}
{{ nh_link(
    src_pk='receipt_line_hk',
    src_fk=['receipt_hk', 'product_hk'],
    src_payload=['first_till_sequence'],
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_new_receipt_lines' if is_incremental() else 'vstg_receipt_lines',
    is_distinct=true
) }}
