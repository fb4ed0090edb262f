with

month_ends as (

    select * from {{ ref('as_of_month_ends') }}

),

versions as (

    select * from {{ ref('dim_households') }}
    where household_key <> -1

),

in_the_vault as (

    select
        household_id,
        as_of_day,
        home_store_id,
        tier
    from {{ ref('qa_households') }}
    where tier is not null or home_store_id is not null

),

in_the_star as (

    select
        versions.household_id,
        month_ends.month_end_date as as_of_day,
        versions.home_store_id,
        versions.tier
    from versions
    inner join month_ends on {{ holds_on('versions', 'month_ends.month_end_date') }}

),

only_in_the_vault as (

    select * from in_the_vault
    except
    select * from in_the_star

),

only_in_the_star as (

    select * from in_the_star
    except
    select * from in_the_vault

)

select
    'vault' as found_in,
    household_id,
    as_of_day,
    home_store_id,
    tier
from only_in_the_vault
union all
select
    'star' as found_in,
    household_id,
    as_of_day,
    home_store_id,
    tier
from only_in_the_star
