with

source as (

    select * from {{ source('pos', 'transactions') }}

),

-- A correction is a new row of the same basket and product. Few lines have one, so the log is counted and not put in
-- order: a window would carry all of its columns, also for a reader of one day's lines. A view with two readers of one
-- CTE would copy it.
corrected_lines as (

    select
        basket_id,
        product_id,
        min(sequence) as first_sequence,
        max(sequence) as last_sequence
    from {{ source('pos', 'transactions') }}
    group by basket_id, product_id
    having count(*) > 1

),

final as (

    select
        cast(source.sequence as bigint) as till_sequence,
        cast(coalesce(corrected_lines.first_sequence, source.sequence) as bigint) as first_till_sequence,
        cast(source.basket_id as bigint) as basket_id,
        cast(source.product_id as integer) as product_id,
        cast(source.household_id as integer) as household_id,
        cast(source.store_id as integer) as store_id,
        cast(source.transaction_timestamp as timestamp(6)) as sold_at,
        {{ utc_to_local('source.transaction_timestamp') }} as sold_local_at,
        cast({{ utc_to_local('source.transaction_timestamp') }} as date) as sold_date,
        cast(source.week as integer) as grocer_week,
        cast(source.quantity as integer) as quantity,
        cast(source.sales_value as decimal(12, 2)) as sales_amount,
        cast(source.retail_disc as decimal(12, 2)) as retail_discount_amount,
        cast(source.coupon_disc as decimal(12, 2)) as coupon_discount_amount,
        cast(source.coupon_match_disc as decimal(12, 2)) as coupon_match_discount_amount,
        cast(source.recorded_at as timestamp(6)) as recorded_at,
        source._dlt_load_id as load_id
    from source
    left join corrected_lines
        on
            source.basket_id = corrected_lines.basket_id
            and source.product_id = corrected_lines.product_id
    where source.sequence = coalesce(corrected_lines.last_sequence, source.sequence)

)

select * from final
