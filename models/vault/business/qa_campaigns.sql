{{ config(materialized='view') }}

with

keys as (

    select * from {{ ref('hub_campaigns') }}

),

versions as (

    select * from {{ ref('sat_campaigns') }}

),

ranked_versions as (

    select
        *,
        row_number() over (partition by campaign_hk order by load_date desc, hashdiff desc) as recency
    from versions

),

final as (

    select
        keys.campaign_id,
        ranked_versions.campaign_type,
        ranked_versions.start_date,
        ranked_versions.end_date
    from keys
    left join ranked_versions on keys.campaign_hk = ranked_versions.campaign_hk and ranked_versions.recency = 1

)

select * from final
