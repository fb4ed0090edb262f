with

source as (

    select * from {{ source('loyalty', 'campaign_memberships') }}

),

final as (

    select
        cast(campaign_id as integer) as campaign_id,
        cast(household_id as integer) as household_id,
        cast(updated_at as timestamp(6)) as targeted_at,
        _dlt_load_id as load_id
    from source

)

select * from final
