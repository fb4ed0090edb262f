with

lines as (

    select * from {{ ref('nf1_receipt_lines') }}

),

-- basket_id alone, a part of the key (basket_id, product_id), determines these.
final as (

    select distinct
        basket_id,
        household_id,
        store_id,
        sold_at,
        sold_local_at,
        sold_date,
        grocer_week
    from lines

)

select * from final
