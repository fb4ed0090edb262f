with

final as (

    select
        mailer_location_code,
        mailer_location_name
    from {{ ref('mailer_locations') }}

)

select * from final
