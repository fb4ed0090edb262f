{{ merges_and_deletes('sold_date') }}
{{ config(unique_key=['date_key', 'store_key', 'household_key', 'department']) }}
-- depends_on: {{ ref('dim_households') }}

with

lines as {{ not_materialized() }} (

    select * from {{ ref('fct_sales_lines') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

{% if is_incremental() %}

loaded_sales as {{ not_materialized() }} (

    select * from {{ this }}

),

household_versions as (

    select * from {{ ref('dim_households') }}

),

days_with_recent_lines as (

    select distinct date_key
    from lines
    where till_sequence > (
        select coalesce(max(loaded_sales.till_sequence), 0) - {{ var('sales_lines_lookback') }}
        from loaded_sales
    )

),

-- Days that another household version holds for by now; sales of unknown households may have found theirs.
days_with_outdated_household as (

    select distinct loaded_sales.date_key
    from loaded_sales
    left join household_versions
        on
            loaded_sales.household_key = household_versions.household_key
            and {{ holds_on('household_versions', 'loaded_sales.sold_date') }}
    where household_versions.household_key is null or loaded_sales.household_key = -1

),

-- Days on which the products' departments sold something else by now, because the catalogue moved a product.
lines_by_department as (

    select
        lines.date_key,
        products.department,
        count(*) as line_count,
        sum(lines.quantity) as unit_count,
        sum(lines.sales_amount) as sales_amount
    from lines
    left join products on lines.product_key = products.product_key
    group by lines.date_key, products.department

),

sales_by_department as (

    select
        date_key,
        department,
        sum(line_count) as line_count,
        sum(unit_count) as unit_count,
        sum(sales_amount) as sales_amount
    from loaded_sales
    group by date_key, department

),

days_with_other_departments as (

    select distinct lines_by_department.date_key
    from lines_by_department
    left join sales_by_department
        on
            lines_by_department.date_key = sales_by_department.date_key
            and lines_by_department.department = sales_by_department.department
            and lines_by_department.line_count = sales_by_department.line_count
            and lines_by_department.unit_count = sales_by_department.unit_count
            and lines_by_department.sales_amount = sales_by_department.sales_amount
    where sales_by_department.date_key is null

),

days_to_write as (

    select date_key from days_with_recent_lines
    union distinct
    select date_key from days_with_outdated_household
    union distinct
    select date_key from days_with_other_departments

),

loaded_sales_of_days as (

    select * from loaded_sales
    where date_key in (select days_to_write.date_key from days_to_write)

),

lines_to_write as (

    select * from lines
    where date_key in (select days_to_write.date_key from days_to_write)

),

{% else %}

lines_to_write as (

    select * from lines

),

{% endif %}

sales as (

    select
        lines_to_write.date_key,
        lines_to_write.store_key,
        lines_to_write.household_key,
        products.department,
        cast(count(*) as integer) as line_count,
        cast(sum(lines_to_write.quantity) as bigint) as unit_count,
        cast(sum(lines_to_write.sales_amount) as decimal(18, 2)) as sales_amount,
        cast(sum(lines_to_write.retail_discount_amount) as decimal(18, 2)) as retail_discount_amount,
        cast(sum(lines_to_write.coupon_discount_amount) as decimal(18, 2)) as coupon_discount_amount,
        cast(sum(lines_to_write.coupon_match_discount_amount) as decimal(18, 2)) as coupon_match_discount_amount,
        min(lines_to_write.sold_date) as sold_date,
        max(lines_to_write.till_sequence) as till_sequence,
        -- Households that are not known yet share a version, and so a row.
        min(case when lines_to_write.household_key = -1 then -1 else lines_to_write.household_id end) as household_id
    from lines_to_write
    left join products on lines_to_write.product_key = products.product_key
    group by
        lines_to_write.date_key,
        lines_to_write.store_key,
        lines_to_write.household_key,
        products.department

),

final as (

    {{ changed_rows(
        'sales',
        ['date_key', 'store_key', 'household_key', 'department'],
        [
            'line_count', 'unit_count', 'sales_amount', 'retail_discount_amount', 'coupon_discount_amount',
            'coupon_match_discount_amount', 'sold_date', 'till_sequence', 'household_id',
        ],
        among='loaded_sales_of_days'
    ) }}

)

select * from final
