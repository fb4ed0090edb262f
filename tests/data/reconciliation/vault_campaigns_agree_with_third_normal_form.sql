{#
    Fails with one row a household, month end and campaign that is open in the vault's bridge and not in third normal form, or the other way
    round.
#}
with

month_ends as (

    select * from {{ ref('vstg_month_ends') }}

),

memberships as (

    select * from {{ ref('nf3_campaign_households') }}

),

campaigns as (

    select * from {{ ref('nf3_campaigns') }}

),

expected as (

    select
        memberships.household_id,
        memberships.campaign_id,
        month_ends.as_of_date
    from memberships
    inner join campaigns on memberships.campaign_id = campaigns.campaign_id
    inner join month_ends on memberships.targeted_at <= month_ends.as_of_date
    where campaigns.end_date is null or campaigns.end_date >= month_ends.month_end_date

),

actual as (

    select
        households.household_id,
        campaigns.campaign_id,
        bridge.as_of_date
    from {{ ref('brg_household_campaigns') }} as bridge
    inner join {{ ref('lnk_campaign_household') }} as links
        on bridge.campaign_household_hk = links.campaign_household_hk
    inner join {{ ref('hub_campaigns') }} as campaigns on links.campaign_hk = campaigns.campaign_hk
    inner join {{ ref('hub_households') }} as households on bridge.household_hk = households.household_hk

),

only_one_has as (

    select
        coalesce(expected.household_id, actual.household_id) as household_id,
        coalesce(expected.campaign_id, actual.campaign_id) as campaign_id,
        coalesce(expected.as_of_date, actual.as_of_date) as as_of_date,
        actual.household_id is not null as is_in_vault
    from expected
    full outer join actual
        on
            expected.household_id = actual.household_id
            and expected.campaign_id = actual.campaign_id
            and expected.as_of_date = actual.as_of_date
    where expected.household_id is null or actual.household_id is null

)

select * from only_one_has
