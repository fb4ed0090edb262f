{#
    Fails with one row a household and month end whose tier or home store in the vault is not that of dim_households on
    that day.
#}
with

month_ends as (

    select * from {{ ref('vstg_month_ends') }}

),

versions as (

    select * from {{ ref('dim_households') }}
    where household_key <> -1

),

expected as (

    select
        versions.household_id,
        month_ends.month_end_date,
        versions.tier,
        versions.home_store_id
    from versions
    inner join month_ends on {{ holds_on('versions', 'month_ends.month_end_date') }}

),

points_in_time as (

    select * from {{ ref('pit_households') }}

),

home_stores as (

    select
        periods.household_hk,
        periods.load_date,
        stores.store_id
    from {{ ref('eff_household_home_stores') }} as periods
    inner join {{ ref('hub_stores') }} as stores on periods.store_hk = stores.store_hk
    where periods.end_date >= timestamp '9999-12-31 00:00:00'

),

tiers as (

    select
        household_hk,
        load_date,
        tier
    from {{ ref('eff_household_tiers') }}
    where end_date >= timestamp '9999-12-31 00:00:00'

),

actual as (

    select
        households.household_id,
        month_ends.month_end_date,
        tiers.tier,
        home_stores.store_id as home_store_id
    from points_in_time
    inner join month_ends on points_in_time.as_of_date = month_ends.as_of_date
    inner join {{ ref('hub_households') }} as households on points_in_time.household_hk = households.household_hk
    inner join tiers
        on
            points_in_time.eff_household_tiers_pk = tiers.household_hk
            and points_in_time.eff_household_tiers_ldts = tiers.load_date
    left join home_stores
        on
            points_in_time.eff_household_home_stores_pk = home_stores.household_hk
            and points_in_time.eff_household_home_stores_ldts = home_stores.load_date

)

select
    expected.tier as expected_tier,
    actual.tier,
    expected.home_store_id as expected_home_store_id,
    actual.home_store_id,
    coalesce(expected.household_id, actual.household_id) as household_id,
    coalesce(expected.month_end_date, actual.month_end_date) as month_end_date
from expected
full outer join actual
    on
        expected.household_id = actual.household_id
        and expected.month_end_date = actual.month_end_date
where
    expected.tier is distinct from actual.tier
    or expected.home_store_id is distinct from actual.home_store_id
