with

manufacturers as (

    select * from {{ ref('nf3_manufacturers') }}

),

products as (

    select * from {{ ref('nf3_products') }}

),

product_counts as (

    select
        coalesce(manufacturer_id, -1) as manufacturer_id,
        count(*) as product_count
    from products
    group by coalesce(manufacturer_id, -1)

),

-- Whoever makes the products that the catalogue lacks.
manufacturers_and_the_unknown as (

    select
        manufacturer_id,
        brand,
        false as is_inferred
    from manufacturers
    union all
    select
        -1 as manufacturer_id,
        'Unknown' as brand,
        true as is_inferred

),

final as (

    select
        manufacturers.manufacturer_id as manufacturer_key,
        manufacturers.manufacturer_id,
        manufacturers.brand,
        manufacturers.is_inferred,
        coalesce(product_counts.product_count, 0) as product_count
    from manufacturers_and_the_unknown as manufacturers
    left join product_counts on manufacturers.manufacturer_id = product_counts.manufacturer_id

)

select * from final
