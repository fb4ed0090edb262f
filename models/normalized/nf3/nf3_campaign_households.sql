with

memberships as (

    select * from {{ ref('stg_loyalty__campaign_memberships') }}

),

final as (

    select
        campaign_id,
        household_id,
        targeted_at
    from memberships

)

select * from final
