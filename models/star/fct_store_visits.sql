{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key='basket_id',
        on_schema_change='fail'
    )
}}

with

lines as {{ not_materialized() }} (

    select * from {{ ref('nf3_receipt_lines') }}

),

receipts as (

    select * from {{ ref('nf3_receipts') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

household_versions as (

    select
        household_key,
        household_id,
        valid_from,
        valid_to,
        {{ household_profile_key() }} as household_profile_key
    from {{ ref('dim_households') }}

),

{% if is_incremental() %}

loaded_visits as {{ not_materialized() }} (

    select * from {{ this }}

),

receipts_with_recent_lines as (

    select distinct basket_id
    from lines
    where till_sequence > (
        select coalesce(max(loaded_visits.till_sequence), 0) - {{ var('sales_lines_lookback') }}
        from loaded_visits
    )

),

-- Visits that another household version or profile holds for by now, because an event or an answer arrived after them.
receipts_with_outdated_household as (

    select loaded_visits.basket_id
    from loaded_visits
    left join household_versions
        on
            loaded_visits.household_key = household_versions.household_key
            and loaded_visits.household_id = household_versions.household_id
            and loaded_visits.household_profile_key = household_versions.household_profile_key
            and {{ holds_on('household_versions', 'loaded_visits.sold_date') }}
    where household_versions.household_key is null

),

receipts_to_write as (

    select * from receipts
    where
        basket_id in (select receipts_with_recent_lines.basket_id from receipts_with_recent_lines)
        or basket_id in (
            select receipts_with_outdated_household.basket_id from receipts_with_outdated_household
        )

),

lines_to_write as (

    select * from lines
    where basket_id in (select receipts_to_write.basket_id from receipts_to_write)

),

{% else %}

receipts_to_write as (

    select * from receipts

),

lines_to_write as (

    select * from lines

),

{% endif %}

totals as (

    select
        basket_id,
        cast(count(*) as integer) as line_count,
        cast(sum(case when quantity > 0 then 1 else 0 end) as integer) as product_count,
        cast(sum(quantity) as bigint) as unit_count,
        cast(sum(sales_amount) as decimal(18, 2)) as sales_amount,
        cast(sum(retail_discount_amount) as decimal(18, 2)) as retail_discount_amount,
        cast(sum(coupon_discount_amount) as decimal(18, 2)) as coupon_discount_amount,
        cast(sum(coupon_match_discount_amount) as decimal(18, 2)) as coupon_match_discount_amount,
        max(till_sequence) as till_sequence
    from lines_to_write
    group by basket_id

),

receipts_with_local_time as (

    select
        basket_id,
        household_id,
        store_id,
        sold_at,
        sold_date,
        {{ utc_to_local('sold_at') }} as sold_local_at
    from receipts_to_write

),

visits as (

    select
        receipts.basket_id,
        dates.date_key,
        receipts.store_id as store_key,
        receipts.household_id,
        receipts.store_id,
        totals.till_sequence,
        receipts.sold_at,
        receipts.sold_local_at,
        receipts.sold_date,
        dates.grocer_week,
        totals.line_count,
        totals.product_count,
        totals.unit_count,
        totals.sales_amount,
        totals.retail_discount_amount,
        totals.coupon_discount_amount,
        totals.coupon_match_discount_amount,
        {{ time_key('receipts.sold_local_at') }} as time_key,
        coalesce(household_versions.household_key, -1) as household_key,
        coalesce(household_versions.household_profile_key, -1) as household_profile_key
    from receipts_with_local_time as receipts
    inner join totals on receipts.basket_id = totals.basket_id
    left join dates on receipts.sold_date = dates.date_day
    left join household_versions
        on
            receipts.household_id = household_versions.household_id
            and {{ holds_on('household_versions', 'receipts.sold_date') }}

),

-- Amounts change with a line's till sequence only, and a line that comes late raises their number.
final as (

    {{ changed_rows(
        'visits',
        'basket_id',
        [
            'till_sequence', 'line_count', 'household_key', 'household_profile_key', 'household_id', 'store_id', 'sold_at',
        ]
    ) }}

)

select * from final
