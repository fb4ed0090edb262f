{% set days_of_campaign = dbt.datediff('targeted_date', 'last_date', 'day') %}
{% set days_of_year_before = dbt.datediff("date '" ~ var('grocer_year_start') ~ "'", 'targeted_date', 'day') %}

with

targets as (

    select * from {{ ref('fct_campaign_targets') }}

),

campaigns as (

    select * from {{ ref('dim_campaigns') }}

),

visits as (

    select * from {{ ref('fct_store_visits') }}

),

clock as (

    select * from {{ ref('nf3_clock') }}

),

-- A campaign that runs still is measured until the clock's day, and compared with as many days before.
targets_until_now as (

    select
        targets.campaign_key,
        targets.household_key,
        targets.targeted_date_key,
        targets.campaign_id,
        targets.household_id,
        targets.targeted_date,
        campaigns.start_date,
        case when campaigns.end_date < clock.as_of_date then campaigns.end_date else clock.as_of_date end as last_date
    from targets
    inner join campaigns on targets.campaign_key = campaigns.campaign_key
    cross join clock
    where campaigns.end_date >= targets.targeted_date

),

targets_with_days as (

    select
        campaign_key,
        household_key,
        targeted_date_key,
        campaign_id,
        household_id,
        targeted_date,
        start_date,
        cast({{ days_of_campaign }} + 1 as integer) as day_count,
        cast({{ days_of_year_before }} as integer) as days_seen_before
    from targets_until_now

),

-- Below 0 is before the household was addressed.
visits_of_targets as (

    select
        targets.campaign_id,
        targets.household_id,
        targets.day_count,
        visits.sales_amount,
        {{ dbt.datediff(
            'targets.targeted_date',
            'visits.sold_date',
            'day'
        ) }} as day_number
    from targets_with_days as targets
    inner join visits on targets.household_id = visits.household_id

),

sales as (

    select
        campaign_id,
        household_id,
        sum(case when day_number < 0 then sales_amount else 0 end) as sales_before_amount,
        sum(case when day_number >= 0 then sales_amount else 0 end) as sales_during_amount
    from visits_of_targets
    where day_number between -day_count and day_count - 1
    group by campaign_id, household_id

),

final as (

    select
        targets.campaign_key,
        targets.household_key,
        targets.targeted_date_key,
        targets.campaign_id,
        targets.household_id,
        targets.targeted_date,
        targets.day_count,
        cast(coalesce(sales.sales_before_amount, 0) as decimal(18, 2)) as sales_before_amount,
        cast(coalesce(sales.sales_during_amount, 0) as decimal(18, 2)) as sales_during_amount,
        targets.targeted_date = targets.start_date
        and targets.days_seen_before >= targets.day_count as is_comparable
    from targets_with_days as targets
    left join sales
        on
            targets.campaign_id = sales.campaign_id
            and targets.household_id = sales.household_id

)

select * from final
