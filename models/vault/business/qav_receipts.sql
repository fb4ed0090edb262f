with

hub as (

    select * from {{ ref('hub_receipts') }}

),

headers as (

    {{ latest_rows(ref('sat_receipt_headers'), 'receipt_hk') }}

),

visits as (

    select
        links.receipt_hk,
        households.household_id,
        stores.store_id
    from {{ ref('lnk_receipt_household_store') }} as links
    inner join {{ ref('hub_households') }} as households on links.household_hk = households.household_hk
    inner join {{ ref('hub_stores') }} as stores on links.store_hk = stores.store_hk

),

final as (

    select
        hub.receipt_hk,
        hub.basket_id,
        hub.load_date as first_seen_at,
        headers.sold_at,
        headers.sold_date,
        headers.grocer_week,
        visits.household_id,
        visits.store_id
    from hub
    left join headers on hub.receipt_hk = headers.receipt_hk
    left join visits on hub.receipt_hk = visits.receipt_hk

)

select * from final
