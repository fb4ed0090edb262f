with

promotions as (

    select * from {{ ref('nf3_promotions') }}

),

display_locations as (

    select * from {{ ref('nf3_display_locations') }}

),

mailer_locations as (

    select * from {{ ref('nf3_mailer_locations') }}

),

-- What no promotion file says, because it lists promotions only: neither displayed nor mailed.
placements as (

    select
        display_location_code,
        mailer_location_code
    from promotions
    union distinct
    select
        '0' as display_location_code,
        '0' as mailer_location_code

),

final as (

    select
        {{ placement_key('placements.display_location_code', 'placements.mailer_location_code') }} as placement_key,
        placements.display_location_code,
        display_locations.display_location_name,
        placements.display_location_code <> '0' as is_on_display,
        placements.mailer_location_code,
        mailer_locations.mailer_location_name,
        placements.mailer_location_code <> '0' as is_in_mailer
    from placements
    left join display_locations on placements.display_location_code = display_locations.display_location_code
    left join mailer_locations on placements.mailer_location_code = mailer_locations.mailer_location_code

)

select * from final
