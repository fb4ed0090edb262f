with

receipts as (

    select * from {{ ref('nf2_receipts') }}

),

-- The day determines the week, so the week moves to the calendar; local time is computed from sold_at when needed.
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
