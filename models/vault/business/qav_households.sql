with

hub as (

    select * from {{ ref('hub_households') }}

),

home_stores as (

    select
        open_rows.household_hk,
        stores.store_id as home_store_id
    from {{ ref('eff_household_home_stores') }} as open_rows
    inner join {{ ref('hub_stores') }} as stores on open_rows.store_hk = stores.store_hk
    where
        open_rows.end_date >= timestamp '9999-12-31 00:00:00'
        and not exists (
            select 1
            from {{ ref('eff_household_home_stores') }} as closings
            where
                closings.household_store_hk = open_rows.household_store_hk
                and closings.start_date = open_rows.start_date
                and closings.end_date < timestamp '9999-12-31 00:00:00'
        )

),

tiers as (

    select
        open_rows.household_hk,
        open_rows.tier
    from {{ ref('eff_household_tiers') }} as open_rows
    where
        open_rows.end_date >= timestamp '9999-12-31 00:00:00'
        and not exists (
            select 1
            from {{ ref('eff_household_tiers') }} as closings
            where
                closings.household_tier_hk = open_rows.household_tier_hk
                and closings.start_date = open_rows.start_date
                and closings.end_date < timestamp '9999-12-31 00:00:00'
        )

),

demographics as (

    {{ latest_rows(ref('sat_household_demographics'), 'household_hk') }}

),

segments as (

    {{ latest_rows(ref('sat_household_value_segments'), 'household_hk') }}

),

final as (

    select
        hub.household_hk,
        hub.household_id,
        hub.load_date as first_seen_at,
        home_stores.home_store_id,
        tiers.tier,
        demographics.age_band,
        demographics.income_band,
        demographics.home_ownership,
        demographics.marital_status,
        demographics.household_size,
        demographics.household_composition,
        demographics.kids_count,
        segments.value_segment
    from hub
    left join home_stores on hub.household_hk = home_stores.household_hk
    left join tiers on hub.household_hk = tiers.household_hk
    left join demographics on hub.household_hk = demographics.household_hk
    left join segments on hub.household_hk = segments.household_hk

)

select * from final
