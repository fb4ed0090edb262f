with

final as (

    select
        campaign_type,
        description
    from {{ ref('campaign_types') }}

)

select * from final
