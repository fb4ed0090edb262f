with

lines as (

    select * from {{ ref('nf1_receipt_lines') }}

),

-- product_id alone, the other part of the key, determines these.
final as (

    select distinct
        product_id,
        department,
        product_category,
        product_type,
        package_size,
        manufacturer_id,
        brand
    from lines

)

select * from final
