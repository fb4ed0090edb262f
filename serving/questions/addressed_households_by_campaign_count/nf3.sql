with

addressed as (

    select count(*) as campaign_count
    from normalized.nf3_campaign_households
    group by household_id

)

select
    campaign_count,
    count(*) as household_count
from addressed
group by campaign_count
