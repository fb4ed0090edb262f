with

mailer_locations as (

    select * from {{ ref('nf3_mailer_locations') }}

),

final as (

    select
        {{ placement_key('mailer_location_code') }} as mailer_location_key,
        mailer_location_code,
        mailer_location_name,
        mailer_location_code <> '0' as is_in_mailer
    from mailer_locations

)

select * from final
