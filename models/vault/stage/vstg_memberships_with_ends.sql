with

memberships as (

    select * from {{ ref('stg_loyalty__campaign_memberships') }}

),

campaigns as (

    select * from {{ ref('stg_loyalty__campaigns') }}

),

-- A campaign is open through its last day.
final as (

    select
        memberships.campaign_id,
        memberships.household_id,
        memberships.targeted_at,
        memberships.load_id,
        cast(campaigns.end_date + interval '1' day as timestamp(6)) as closed_at
    from memberships
    left join campaigns on memberships.campaign_id = campaigns.campaign_id

)

select * from final
