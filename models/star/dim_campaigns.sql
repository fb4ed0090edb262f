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
        campaigns.start_date,
        campaigns.end_date,
        campaigns.is_inferred,
        cast({{ days }} + 1 as integer) as day_count,
        coalesce(campaigns.campaign_type, 'Unknown') as campaign_type,
        coalesce(campaign_types.description, 'Unknown') as campaign_type_description
    from campaigns
    left join campaign_types on campaigns.campaign_type = campaign_types.campaign_type

),

no_campaign as (

    select
        -1 as campaign_key,
        -1 as campaign_id,
        cast(null as date) as start_date,
        cast(null as date) as end_date,
        false as is_inferred,
        cast(null as integer) as day_count,
        'Not applicable' as campaign_type,
        'Outside any campaign' as campaign_type_description

),

final as (

    select * from known_campaigns
    union all
    select * from no_campaign

)

select * from final
