{% set days = dbt.datediff('campaigns.start_date', 'campaigns.end_date', 'day') %}

with

campaigns as (

    select * from {{ ref('nf3_campaigns') }}

),

campaign_types as (

    select * from {{ ref('nf3_campaign_types') }}

),

known_campaigns as (

    select
        campaigns.campaign_id as campaign_key,
        campaigns.campaign_id,
        campaigns.campaign_type,
        campaign_types.description as campaign_type_description,
        campaigns.start_date,
        campaigns.end_date,
        cast({{ days }} + 1 as integer) as day_count
    from campaigns
    left join campaign_types on campaigns.campaign_type = campaign_types.campaign_type

),

no_campaign as (

    select
        -1 as campaign_key,
        -1 as campaign_id,
        'Not applicable' as campaign_type,
        'Outside any campaign' as campaign_type_description,
        cast(null as date) as start_date,
        cast(null as date) as end_date,
        cast(null as integer) as day_count

),

final as (

    select * from known_campaigns
    union all
    select * from no_campaign

)

select * from final
