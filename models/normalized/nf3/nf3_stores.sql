with

receipts as (

    select * from {{ ref('nf2_receipts') }}

),

promotions as (

    select * from {{ ref('stg_promotions__promotions') }}

),

events as (

    select * from {{ ref('stg_loyalty__household_events') }}

),

-- No system has a list of stores: a store is what any of them mentions.
final as (

    select store_id from receipts
    union distinct
    select store_id from promotions
    union distinct
    select home_store_id as store_id from events
    where home_store_id is not null

)

select * from final
