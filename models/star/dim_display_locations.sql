with

display_locations as (

    select * from {{ ref('nf3_display_locations') }}

),

final as (

    select
        {{ placement_key('display_location_code') }} as display_location_key,
        display_location_code,
        display_location_name,
        display_location_code <> '0' as is_on_display
    from display_locations

)

select * from final
