-- depends_on: {{ ref('vstg_receipt_lines') }}
-- depends_on: {{ ref('vstg_new_receipt_lines') }}
{{ sat(
    src_pk='receipt_line_hk',
    src_hashdiff='measures_hashdiff',
    src_payload=['till_sequence', 'quantity', 'sales_amount', 'retail_discount_amount', 'coupon_discount_amount', 'coupon_match_discount_amount'],
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_new_receipt_lines' if is_incremental() else 'vstg_receipt_lines',
    is_distinct=true
) }}
