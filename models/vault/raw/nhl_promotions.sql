{{ config(only_newer=true) }}

{{ nh_link(
    src_pk='promotion_hk',
    src_fk=['product_hk', 'store_hk', 'week_hk'],
    src_payload=['display_location_code', 'mailer_location_code'],
    is_distinct=true,
    src_ldts='load_date',
    src_source='record_source',
    source_model='vstg_promotions'
) }}
