with

products as (

    select * from {{ ref('nf3_products') }}

),

product_classes as (

    select * from {{ ref('nf3_product_classes') }}

),

manufacturers as (

    select * from {{ ref('nf3_manufacturers') }}

),

products_with_text as (

    select
        products.product_id,
        products.manufacturer_id,
        products.package_size,
        products.is_inferred,
        product_classes.department,
        product_classes.product_category,
        product_classes.product_type,
        manufacturers.brand,
        case when products.is_inferred then 'Unknown' else 'Not given' end as missing_text
    from products
    left join product_classes on products.product_class_id = product_classes.product_class_id
    left join manufacturers on products.manufacturer_id = manufacturers.manufacturer_id

),

final as (

    select
        product_id as product_key,
        product_id,
        manufacturer_id,
        is_inferred,
        coalesce(manufacturer_id, -1) as manufacturer_key,
        coalesce(department, missing_text) as department,
        coalesce(product_category, missing_text) as product_category,
        coalesce(product_type, missing_text) as product_type,
        coalesce(package_size, missing_text) as package_size,
        coalesce(brand, missing_text) as brand
    from products_with_text

)

select * from final
