with

memberships as (

    select * from {{ ref('nf3_campaign_households') }}

),

household_versions as (

    select * from {{ ref('dim_households') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

local_memberships as (

    select
        campaign_id,
        household_id,
        targeted_at,
        cast({{ utc_to_local('targeted_at') }} as date) as targeted_date
    from memberships

),

final as (

    select
        memberships.campaign_id as campaign_key,
        dates.date_key as targeted_date_key,
        memberships.campaign_id,
        memberships.household_id,
        memberships.targeted_at,
        memberships.targeted_date,
        coalesce(household_versions.household_key, -1) as household_key
    from local_memberships as memberships
    left join dates on memberships.targeted_date = dates.date_day
    left join household_versions
        on
            memberships.household_id = household_versions.household_id
            and {{ holds_on('household_versions', 'memberships.targeted_date') }}

)

select * from final
