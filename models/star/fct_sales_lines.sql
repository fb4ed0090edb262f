{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key='sales_line_key',
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

    select * from {{ ref('dim_households') }}

),

{% if is_incremental() %}

loaded_lines as {{ not_materialized() }} (

    select * from {{ this }}

),

-- Whole receipts, because a correction may bring a receipt another header.
receipts_with_recent_lines as (

    select distinct basket_id
    from lines
    where till_sequence > (
        select coalesce(max(loaded_lines.till_sequence), 0) - {{ var('sales_lines_lookback') }}
        from loaded_lines
    )

),

-- Sales that another household version holds for by now, because an event arrived after them.
receipts_with_outdated_household as (

    select distinct loaded_lines.basket_id
    from loaded_lines
    left join household_versions
        on
            loaded_lines.household_key = household_versions.household_key
            and loaded_lines.household_id = household_versions.household_id
            and {{ holds_on('household_versions', 'loaded_lines.sold_date') }}
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

{% else %}

receipts_to_write as (

    select * from receipts

),

{% endif %}

receipts_with_keys as (

    select
        receipts.basket_id,
        receipts.household_id,
        receipts.store_id,
        receipts.sold_at,
        -- Once a receipt: a line's own conversion of the same moment would double the model's time.
        {{ utc_to_local('receipts.sold_at') }} as sold_local_at,
        receipts.sold_date,
        dates.date_key,
        dates.grocer_week,
        coalesce(household_versions.household_key, -1) as household_key
    from receipts_to_write as receipts
    left join dates on receipts.sold_date = dates.date_day
    left join household_versions
        on
            receipts.household_id = household_versions.household_id
            and {{ holds_on('household_versions', 'receipts.sold_date') }}

),

lines_with_keys as (

    select
        lines.first_till_sequence as sales_line_key,
        receipts.date_key,
        lines.product_id as product_key,
        receipts.store_id as store_key,
        receipts.household_key,
        lines.basket_id,
        lines.product_id,
        receipts.household_id,
        receipts.store_id,
        lines.till_sequence,
        receipts.sold_at,
        receipts.sold_local_at,
        receipts.sold_date,
        receipts.grocer_week,
        lines.quantity,
        lines.sales_amount,
        lines.retail_discount_amount,
        lines.coupon_discount_amount,
        lines.coupon_match_discount_amount
    from lines
    inner join receipts_with_keys as receipts on lines.basket_id = receipts.basket_id

),

-- Amounts change with the till sequence only.
final as (

    {{ changed_rows(
        'lines_with_keys',
        'sales_line_key',
        ['till_sequence', 'household_key', 'household_id', 'store_id', 'sold_at']
    ) }}

)

select * from final
