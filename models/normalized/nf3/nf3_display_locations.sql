with

final as (

    select
        display_location_code,
        display_location_name
    from {{ ref('display_locations') }}

)

select * from final
