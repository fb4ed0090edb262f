with

months as (

    select * from {{ ref('fct_household_months') }}

),

visits as (

    select * from {{ ref('fct_store_visits') }}

),

households as (

    select * from {{ ref('nf3_households') }}

),

clock as (

    select * from {{ ref('nf3_clock') }}

),

expected_months as (

    select
        households.household_id,
        (extract(year from clock.as_of_date) - extract(year from households.enrolled_date)) * 12
        + extract(month from clock.as_of_date) - extract(month from households.enrolled_date) + 1 as month_count
    from households
    cross join clock
    where households.enrolled_date is not null

),

expected_visits as (

    select
        household_id,
        count(*) as visit_count,
        sum(sales_amount) as sales_amount,
        max(sold_date) as last_visit_date
    from visits
    group by household_id

),

actual as (

    select
        household_id,
        count(*) as month_count,
        sum(visit_count) as visit_count,
        sum(sales_amount) as sales_amount,
        max(sales_to_date_amount) as sales_to_date_amount,
        max(last_visit_date) as last_visit_date
    from months
    group by household_id

)

select
    expected_months.month_count as expected_month_count,
    actual.month_count,
    expected_visits.visit_count as expected_visit_count,
    actual.visit_count,
    expected_visits.sales_amount as expected_sales_amount,
    actual.sales_amount,
    coalesce(expected_months.household_id, actual.household_id) as household_id
from expected_months
left join expected_visits on expected_months.household_id = expected_visits.household_id
full outer join actual on expected_months.household_id = actual.household_id
where
    expected_months.month_count is distinct from actual.month_count
    or coalesce(expected_visits.visit_count, 0) is distinct from actual.visit_count
    or coalesce(expected_visits.sales_amount, 0) is distinct from actual.sales_amount
    or actual.sales_to_date_amount is distinct from actual.sales_amount
    or expected_visits.last_visit_date is distinct from actual.last_visit_date
