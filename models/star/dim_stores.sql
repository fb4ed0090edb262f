with

stores as (

    select * from {{ ref('nf3_stores') }}

),

receipts as (

    select * from {{ ref('nf3_receipts') }}

),

sale_dates as (

    select
        store_id,
        min(sold_date) as first_sale_date,
        max(sold_date) as last_sale_date
    from receipts
    group by store_id

),

final as (

    select
        stores.store_id as store_key,
        stores.store_id,
        sale_dates.first_sale_date,
        sale_dates.last_sale_date
    from stores
    left join sale_dates on stores.store_id = sale_dates.store_id

)

select * from final
