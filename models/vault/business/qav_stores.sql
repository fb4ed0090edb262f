with

hub as (

    select * from {{ ref('hub_stores') }}

),

visits as (

    select
        store_hk,
        count(*) as receipt_count
    from {{ ref('lnk_receipt_household_store') }}
    group by store_hk

),

final as (

    select
        hub.store_hk,
        hub.store_id,
        hub.load_date as first_seen_at,
        coalesce(visits.receipt_count, 0) as receipt_count
    from hub
    left join visits on hub.store_hk = visits.store_hk

)

select * from final
