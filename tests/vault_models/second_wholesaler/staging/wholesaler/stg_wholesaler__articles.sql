with

source as (

    select * from {{ source('wholesaler', 'articles') }}

),

final as (

    select
        article_number,
        cast(customer_item_number as integer) as product_id,
        cast(maker_number as integer) as manufacturer_id,
        label,
        pack,
        cast(changed_at as timestamp(6)) as updated_at,
        _dlt_load_id as load_id
    from source

)

select * from final
