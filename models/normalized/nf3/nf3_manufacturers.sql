with

products as (

    select * from {{ ref('stg_pos__products') }}

),

-- Each manufacturer has one brand kind, so brand depends on the product only through the manufacturer.
final as (

    select distinct
        manufacturer_id,
        brand
    from products

)

select * from final
