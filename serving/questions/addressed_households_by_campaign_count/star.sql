with

addressed as (

    select count(*) as campaign_count
    from star.fct_campaign_targets
    group by household_id

)

select
    campaign_count,
    count(*) as household_count
from addressed
group by campaign_count
