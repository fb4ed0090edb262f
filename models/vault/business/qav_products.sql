with

hub as (

    select * from {{ ref('hub_products') }}

),

catalogue as (

    {{ latest_rows(ref('sat_product_catalogue'), 'product_hk') }}

),

final as (

    select
        hub.product_hk,
        hub.product_id,
        hub.load_date as first_seen_at,
        catalogue.manufacturer_id,
        catalogue.department,
        catalogue.brand,
        catalogue.product_category,
        catalogue.product_type,
        catalogue.package_size
    from hub
    left join catalogue on hub.product_hk = catalogue.product_hk

)

select * from final
