with

campaigns as (

    select * from {{ ref('stg_loyalty__campaigns') }}

),

memberships as (

    select * from {{ ref('stg_loyalty__campaign_memberships') }}

),

coupons as (

    select * from {{ ref('stg_loyalty__coupons') }}

),

redemptions as (

    select * from {{ ref('stg_loyalty__redemptions') }}

),

mentioned_campaigns as (

    select campaign_id from memberships
    union distinct
    select campaign_id from coupons
    union distinct
    select campaign_id from redemptions

),

listed_campaigns as (

    select
        campaign_id,
        campaign_type,
        start_date,
        end_date,
        false as is_inferred
    from campaigns

),

-- Named by a membership, a coupon or a redemption, and not listed: all that is known of them is that they exist.
inferred_campaigns as (

    select
        mentioned_campaigns.campaign_id,
        cast(null as varchar) as campaign_type,
        cast(null as date) as start_date,
        cast(null as date) as end_date,
        true as is_inferred
    from mentioned_campaigns
    left join campaigns on mentioned_campaigns.campaign_id = campaigns.campaign_id
    where campaigns.campaign_id is null

),

final as (

    select * from listed_campaigns
    union all
    select * from inferred_campaigns

)

select * from final
