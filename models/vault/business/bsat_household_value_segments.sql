with

measures as (

    select * from {{ ref('sat_receipt_lines') }}

),

lines as (

    select * from {{ ref('nhl_receipt_lines') }}

),

headers as (

    select * from {{ ref('sat_receipts') }}

),

receipts as (

    select * from {{ ref('lnk_receipt_household_stores') }}

),

as_of_dates as (

    select * from {{ ref('as_of_month_ends') }}

),

-- A correction is a later row of the same line.
ranked_measures as (

    select
        receipt_line_hk,
        sales_amount,
        load_date,
        row_number() over (partition by receipt_line_hk order by load_date desc, till_sequence desc) as recency
    from measures

),

receipt_totals as (

    select
        lines.receipt_hk,
        sum(ranked_measures.sales_amount) as sales_amount,
        max(ranked_measures.load_date) as load_date
    from ranked_measures
    inner join lines on ranked_measures.receipt_line_hk = lines.receipt_line_hk
    where ranked_measures.recency = 1
    group by lines.receipt_hk

),

households_days as (

    select
        receipts.household_hk,
        cast({{ utc_to_local('headers.sold_at') }} as date) as sold_date,
        sum(receipt_totals.sales_amount) as sales_amount,
        max(receipt_totals.load_date) as load_date
    from receipt_totals
    inner join headers on receipt_totals.receipt_hk = headers.receipt_hk
    inner join receipts on receipt_totals.receipt_hk = receipts.receipt_hk
    group by receipts.household_hk, cast({{ utc_to_local('headers.sold_at') }} as date)

),

-- The 90 days up to the month's end, as the grocer's own tiers have it.
trailing_sales as (

    select
        households_days.household_hk,
        as_of_dates.as_of_date,
        as_of_dates.month_end_date,
        cast(sum(households_days.sales_amount) as decimal(18, 2)) as trailing_sales_amount,
        max(households_days.load_date) as load_date
    from households_days
    inner join as_of_dates
        on
            households_days.sold_date <= as_of_dates.month_end_date
            and households_days.sold_date > as_of_dates.month_end_date - interval '90' day
    group by households_days.household_hk, as_of_dates.as_of_date, as_of_dates.month_end_date

),

-- Sales of the households that buy more, as many as them included: those who share an amount share a segment.
sales_so_far as (

    select
        *,
        sum(trailing_sales_amount) over (
            partition by as_of_date
            order by trailing_sales_amount desc
        ) as sales_so_far_amount,
        sum(trailing_sales_amount) over (partition by as_of_date, trailing_sales_amount) as sales_of_equals_amount,
        sum(trailing_sales_amount) over (partition by as_of_date) as sales_of_all_amount
    from trailing_sales

),

final as (

    select
        household_hk,
        as_of_date as effective_from,
        load_date,
        trailing_sales_amount,
        'vault.household_value_segments' as record_source,
        case
            when (sales_so_far_amount - sales_of_equals_amount) * 2 < sales_of_all_amount then 'A'
            when (sales_so_far_amount - sales_of_equals_amount) * 5 < sales_of_all_amount * 4 then 'B'
            else 'C'
        end as value_segment
    from sales_so_far

)

select * from final
