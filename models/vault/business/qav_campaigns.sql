with

hub as (

    select * from {{ ref('hub_campaigns') }}

),

campaigns as (

    {{ latest_rows(ref('sat_campaigns'), 'campaign_hk') }}

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
