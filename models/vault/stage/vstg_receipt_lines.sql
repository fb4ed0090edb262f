{{ stage(
    source_model='stg_pos__transactions',
    derived_columns={
        'record_source': '!till.transactions',
        'load_date': load_moment('load_id'),
        'effective_from': utc_to_local('recorded_at')
    },
    hashed_columns={
        'receipt_hk': 'basket_id',
        'household_hk': 'household_id',
        'store_hk': 'store_id',
        'product_hk': 'product_id',
        'week_hk': 'grocer_week',
        'receipt_household_store_hk': ['basket_id', 'household_id', 'store_id'],
        'receipt_line_hk': ['basket_id', 'product_id'],
        'receipt_hashdiff': {'is_hashdiff': true, 'columns': ['household_id', 'store_id', 'sold_at']},
        'receipt_line_hashdiff': {'is_hashdiff': true, 'columns': ['till_sequence', 'quantity', 'sales_amount', 'retail_discount_amount', 'coupon_discount_amount', 'coupon_match_discount_amount']}
    }
) }}
