with

catalogue as (

    select * from {{ ref('stg_pos__products') }}

),

products_on_receipts as (

    select * from {{ ref('nf2_products') }}

),

products_on_coupons as (

    select * from {{ ref('stg_loyalty__coupons') }}

),

products_on_promotion as (

    select * from {{ ref('stg_promotions__promotions') }}

),

mentioned_products as (

    select product_id from products_on_receipts
    union distinct
    select product_id from products_on_coupons
    union distinct
    select product_id from products_on_promotion

),

catalogued_products as (

    select
        product_id,
        manufacturer_id,
        {{ product_class_id('department', 'product_category', 'product_type') }} as product_class_id,
        package_size,
        false as is_inferred
    from catalogue

),

-- Sold, couponed or promoted, and missing from the catalogue: all that is known of them is that they exist.
inferred_products as (

    select
        mentioned_products.product_id,
        cast(null as integer) as manufacturer_id,
        cast(null as varchar) as product_class_id,
        cast(null as varchar) as package_size,
        true as is_inferred
    from mentioned_products
    left join catalogue on mentioned_products.product_id = catalogue.product_id
    where catalogue.product_id is null

),

final as (

    select * from catalogued_products
    union all
    select * from inferred_products

)

select * from final
