{{ config(materialized='view') }}

with

keys as (

    select * from {{ ref('hub_receipts') }}

),

versions as (

    select * from {{ ref('sat_receipts') }}

),

ranked_versions as (

    select
        *,
        row_number() over (partition by receipt_hk order by load_date desc, hashdiff desc) as recency
    from versions

),

final as (

    select
        keys.basket_id,
        ranked_versions.household_id,
        ranked_versions.store_id,
        ranked_versions.sold_at
    from keys
    left join ranked_versions on keys.receipt_hk = ranked_versions.receipt_hk and ranked_versions.recency = 1

)

select * from final
