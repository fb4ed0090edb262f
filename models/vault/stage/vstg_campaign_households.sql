with

memberships as (

    select * from {{ ref('stg_loyalty__campaign_memberships') }}

),

campaigns as (

    select * from {{ ref('stg_loyalty__campaigns') }}

),

prepared as (

    select
        memberships.campaign_id,
        memberships.household_id,
        memberships.targeted_at as effective_from,
        {{ local_to_utc(dbt.dateadd('day', 1, 'campaigns.end_date')) }} as effective_to,
        memberships.load_id,
        'loyalty.campaign_memberships' as record_source,
        memberships.targeted_at as load_date
    from memberships
    left join campaigns on memberships.campaign_id = campaigns.campaign_id

),

final as (

    select
        campaign_id,
        household_id,
        effective_from,
        effective_to,
        load_id,
        record_source,
        load_date,
        {{ vault_hash('campaign_id', types={}) }} as campaign_hk,
        {{ vault_hash('household_id', types={}) }} as household_hk,
        {{ vault_hash(['campaign_id', 'household_id'], types={}) }} as campaign_household_hk
    from prepared

)

select * from final
