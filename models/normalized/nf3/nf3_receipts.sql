with

receipts as (

    select * from {{ ref('nf2_receipts') }}

),

-- The day determines the week, so the calendar has it. Local time is a function of sold_at, computed where it is needed.
final as (

    select
        basket_id,
        household_id,
        store_id,
        sold_at,
        sold_date
    from receipts

)

select * from final
