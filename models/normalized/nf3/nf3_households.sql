with

households as (

    select * from {{ ref('stg_loyalty__households') }}

),

receipts as (

    select * from {{ ref('unf_receipts') }}

),

events as (

    select * from {{ ref('stg_loyalty__household_events') }}

),

memberships as (

    select * from {{ ref('stg_loyalty__campaign_memberships') }}

),

redemptions as (

    select * from {{ ref('stg_loyalty__redemptions') }}

),

first_receipts as (

    select
        household_id,
        min(sold_at) as first_sold_at
    from receipts
    group by household_id

),

mentioned_households as (

    select household_id from first_receipts
    union distinct
    select household_id from events
    union distinct
    select household_id from memberships
    union distinct
    select household_id from redemptions

),

-- Tier and home store change over time: they are facts of nf3_household_events.
listed_households as (

    select
        household_id,
        enrolled_at,
        age_band,
        income_band,
        home_ownership,
        marital_status,
        household_size,
        household_composition,
        kids_count,
        false as is_inferred
    from households

),

-- Named by a receipt, an event, a campaign or a redemption, and not listed: a household enrols with its first receipt.
inferred_households as (

    select
        mentioned_households.household_id,
        first_receipts.first_sold_at as enrolled_at,
        cast(null as varchar) as age_band,
        cast(null as varchar) as income_band,
        cast(null as varchar) as home_ownership,
        cast(null as varchar) as marital_status,
        cast(null as varchar) as household_size,
        cast(null as varchar) as household_composition,
        cast(null as varchar) as kids_count,
        true as is_inferred
    from mentioned_households
    left join households on mentioned_households.household_id = households.household_id
    left join first_receipts on mentioned_households.household_id = first_receipts.household_id
    where households.household_id is null

),

households_and_inferred as (

    select * from listed_households
    union all
    select * from inferred_households

),

final as (

    select
        household_id,
        enrolled_at,
        cast({{ utc_to_local('enrolled_at') }} as date) as enrolled_date,
        age_band,
        income_band,
        home_ownership,
        marital_status,
        household_size,
        household_composition,
        kids_count,
        is_inferred
    from households_and_inferred

)

select * from final
