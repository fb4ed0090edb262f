-- Types 3 and 6 from type 2. Every row is a version as it was (type 2) with what is true now (type 1) and what was true
-- before that (type 3): together type 6. The rows with is_current alone are type 3: one a household.
with

versions as (

    select * from {{ ref('dim_households') }}
    where household_key != -1

),

-- A version may begin because the home store changed: only a tier that differs from the one before is a change of tier.
versions_with_tier_before as (

    select
        household_id,
        valid_from,
        tier,
        lag(tier) over (partition by household_id order by valid_from) as tier_before
    from versions

),

households as (

    select
        household_id,
        max_by(tier, valid_from) as current_tier,
        max_by(tier_before, valid_from) filter (where tier_before != tier) as previous_tier,
        max(valid_from) filter (where tier_before != tier) as current_tier_since
    from versions_with_tier_before
    group by household_id

),

final as (

    select
        versions.household_key,
        versions.household_id,
        versions.valid_from,
        versions.valid_to,
        versions.is_current,
        versions.tier,
        households.current_tier,
        households.previous_tier,
        households.current_tier_since
    from versions
    inner join households on versions.household_id = households.household_id

)

select * from final
