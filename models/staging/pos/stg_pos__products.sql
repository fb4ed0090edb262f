with

source as (

    select * from {{ source('pos', 'products') }}

),

final as (

    select
        cast(product_id as integer) as product_id,
        cast(manufacturer_id as integer) as manufacturer_id,
        department,
        brand,
        product_category,
        product_type,
        package_size,
        cast(updated_at as timestamp(6)) as updated_at,
        _dlt_load_id as load_id
    from source

)

select * from final
