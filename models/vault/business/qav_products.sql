with

hub as (

    select * from {{ ref('hub_products') }}

),

catalogue_load_dates as (

    select
        product_hk,
        max(load_date) as load_date
    from {{ ref('sat_product_catalogue') }}
    group by product_hk

),

catalogue as (

    select satellite.*
    from {{ ref('sat_product_catalogue') }} as satellite
    inner join catalogue_load_dates as latest
        on
            satellite.product_hk = latest.product_hk
            and satellite.load_date = latest.load_date

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
