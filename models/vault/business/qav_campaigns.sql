with

hub as (

    select * from {{ ref('hub_campaigns') }}

),

campaigns_load_dates as (

    select
        campaign_hk,
        max(load_date) as load_date
    from {{ ref('sat_campaigns') }}
    group by campaign_hk

),

campaigns as (

    select satellite.*
    from {{ ref('sat_campaigns') }} as satellite
    inner join campaigns_load_dates as latest
        on
            satellite.campaign_hk = latest.campaign_hk
            and satellite.load_date = latest.load_date

),

members as (

    select
        campaign_hk,
        count(*) as household_count
    from {{ ref('lnk_campaign_household') }}
    group by campaign_hk

),

final as (

    select
        hub.campaign_hk,
        hub.campaign_id,
        hub.load_date as first_seen_at,
        campaigns.campaign_type,
        campaigns.start_date,
        campaigns.end_date,
        coalesce(members.household_count, 0) as household_count
    from hub
    left join campaigns on hub.campaign_hk = campaigns.campaign_hk
    left join members on hub.campaign_hk = members.campaign_hk

)

select * from final
