-- depends_on: {{ ref('vstg_promotion_placements') }}
-- depends_on: {{ ref('vstg_new_promotion_placements') }}
{{ nh_link(
    src_pk=['product_hk', 'store_hk', 'week_hk', 'display_location_code', 'mailer_location_code', 'load_id'],
    src_fk=['product_hk', 'store_hk', 'week_hk'],
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_new_promotion_placements' if is_incremental() else 'vstg_promotion_placements',
    is_distinct=true
) }}
