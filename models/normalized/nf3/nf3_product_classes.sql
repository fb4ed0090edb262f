with

products as (

    select * from {{ ref('stg_pos__products') }}

),

final as (

    select distinct
        {{ product_class_id('department', 'product_category', 'product_type') }} as product_class_id,
        department,
        product_category,
        product_type
    from products

)

select * from final
