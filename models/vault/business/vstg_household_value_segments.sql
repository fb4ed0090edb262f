with

month_ends as (

    select * from {{ ref('vstg_month_ends') }}

),

receipt_households as (

    select * from {{ ref('lnk_receipt_household_store') }}

),

headers as (

    select * from {{ ref('sat_receipt_headers') }}

),

lines as (

    select * from {{ ref('nhl_receipt_lines') }}

),

measures as (

    select * from {{ ref('sat_receipt_line_measures') }}

),

-- From the satellite itself: a view copies a CTE that has two readers.
latest_sequences as (

    select
        receipt_line_hk,
        max(till_sequence) as till_sequence
    from {{ ref('sat_receipt_line_measures') }}
    group by receipt_line_hk

),

receipt_amounts as (

    select
        lines.receipt_hk,
        sum(measures.sales_amount) as sales_amount
    from lines
    inner join latest_sequences on lines.receipt_line_hk = latest_sequences.receipt_line_hk
    inner join measures
        on
            latest_sequences.receipt_line_hk = measures.receipt_line_hk
            and latest_sequences.till_sequence = measures.till_sequence
    group by lines.receipt_hk

),

household_days as (

    select
        receipt_households.household_hk,
        headers.sold_date,
        sum(receipt_amounts.sales_amount) as sales_amount
    from receipt_households
    inner join headers on receipt_households.receipt_hk = headers.receipt_hk
    inner join receipt_amounts on receipt_households.receipt_hk = receipt_amounts.receipt_hk
    group by
        receipt_households.household_hk,
        headers.sold_date

),

first_days as (

    select
        household_hk,
        min(sold_date) as first_date
    from household_days
    group by household_hk

),

amounts_of_90_days as (

    select
        first_days.household_hk,
        month_ends.month_end_date,
        month_ends.as_of_date,
        coalesce(sum(household_days.sales_amount), 0) as amount_of_90_days
    from first_days
    inner join month_ends on first_days.first_date <= month_ends.month_end_date
    left join household_days
        on
            first_days.household_hk = household_days.household_hk
            and month_ends.month_end_date >= household_days.sold_date
            and {{ dbt.dateadd('day', -90, 'month_ends.month_end_date') }} < household_days.sold_date
    group by
        first_days.household_hk,
        month_ends.month_end_date,
        month_ends.as_of_date

),

prepared as (

    select
        household_hk,
        'business.value_segments' as record_source,
        as_of_date as load_date,
        case
            when amount_of_90_days = 0 then 'dormant'
            when amount_of_90_days < 150 then 'low'
            when amount_of_90_days < 600 then 'middle'
            else 'high'
        end as value_segment
    from amounts_of_90_days

),

final as (

    select
        household_hk,
        value_segment,
        record_source,
        load_date,
        {{ vault_hash(['value_segment'], is_hashdiff=true) }} as segment_hashdiff
    from prepared

)

select * from final
