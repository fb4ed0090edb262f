{{ pit(
    source_model='hub_products',
    src_pk='product_hk',
    as_of_dates_table='vstg_month_ends',
    satellites={
        'sat_product_catalogue': {'pk': {'pk': 'product_hk'}, 'ldts': {'ldts': 'load_date'}},
    }
) }}
