with

addressed as (

    select count(*) as campaign_count
    from vault.lnk_campaign_household
    group by household_hk

)

select
    campaign_count,
    count(*) as household_count
from addressed
group by campaign_count
