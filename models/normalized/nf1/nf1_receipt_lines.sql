{% set fields = receipt_line_fields() %}

with

receipts as (

    select * from {{ ref('unf_receipts') }}

),

-- First normal form: no repeating groups. Each line stands alone, with its receipt's head repeated.
final as (

    select
        receipts.basket_id,
        receipts.household_id,
        receipts.store_id,
        receipts.sold_at,
        receipts.sold_local_at,
        receipts.sold_date,
        receipts.grocer_week,
        {{ nested_fields('lines', fields) }}
    from receipts
    {{ unnest_rows('receipts.lines', 'lines', fields) }}

)

select * from final
