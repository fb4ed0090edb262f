with

hub as (

    select * from {{ ref('hub_manufacturers') }}

),

products as (

    select
        manufacturer_hk,
        count(*) as product_count
    from {{ ref('lnk_product_manufacturer') }}
    group by manufacturer_hk

),

final as (

    select
        hub.manufacturer_hk,
        hub.manufacturer_id,
        hub.load_date as first_seen_at,
        coalesce(products.product_count, 0) as product_count
    from hub
    left join products on hub.manufacturer_hk = products.manufacturer_hk

)

select * from final
