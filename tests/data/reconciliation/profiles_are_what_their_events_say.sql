{{ config(severity='warn') }}

-- Finds one row a household whose profile has another tier or home store than the history that its events make.
with

profiles as (

    select * from {{ ref('stg_loyalty__households') }}

),

versions as (

    select * from {{ ref('dim_households') }}
    where is_current

)

select
    profiles.household_id,
    profiles.tier,
    versions.tier as tier_by_events,
    profiles.home_store_id,
    versions.home_store_id as home_store_by_events
from profiles
left join versions on profiles.household_id = versions.household_id
where
    profiles.tier is distinct from versions.tier
    or profiles.home_store_id is distinct from versions.home_store_id
