{{ pit(
    source_model='hub_products',
    src_pk='product_hk',
    as_of_dates_table='as_of_month_ends',
    satellites={'sat_products': {'pk': {'pk': 'product_hk'}, 'ldts': {'effective_from': 'effective_from'}}}
) }}
