with

source as (

    select * from {{ source('promotions', 'promotions') }}

),

final as (

    select
        cast(product_id as integer) as product_id,
        cast(store_id as integer) as store_id,
        cast(week as integer) as grocer_week,
        display_location as display_location_code,
        mailer_location as mailer_location_code,
        _dlt_load_id as load_id
    from source

)

select * from final
