-- Fails with one row an event, an address or a redemption from the grocer's future.
with

clock as (

    select * from {{ ref('nf3_clock') }}

)

select
    'event' as kind,
    events.household_id,
    events.occurred_at as seen_at
from {{ ref('nf3_household_events') }} as events
inner join clock on events.occurred_at >= clock.as_of

union all

select
    'address' as kind,
    targets.household_id,
    targets.targeted_at as seen_at
from {{ ref('nf3_campaign_households') }} as targets
inner join clock on targets.targeted_at >= clock.as_of

union all

select
    'redemption' as kind,
    redemptions.household_id,
    cast(redemptions.redeemed_date as timestamp(6)) as seen_at
from {{ ref('nf3_coupon_redemptions') }} as redemptions
inner join clock on redemptions.redeemed_date > clock.as_of_date
