with

source as (

    select * from {{ source('pos', 'transactions') }}

),

-- A correction is a new row of the same basket and product: the latest holds, the first gives the line its key.
ranked as (

    select
        sequence,
        basket_id,
        product_id,
        household_id,
        store_id,
        transaction_timestamp,
        week,
        quantity,
        sales_value,
        retail_disc,
        coupon_disc,
        coupon_match_disc,
        recorded_at,
        _dlt_load_id,
        min(sequence) over (partition by basket_id, product_id) as first_sequence,
        row_number() over (partition by basket_id, product_id order by sequence desc) as recency
    from source

),

final as (

    select
        cast(sequence as bigint) as till_sequence,
        cast(first_sequence as bigint) as first_till_sequence,
        cast(basket_id as bigint) as basket_id,
        cast(product_id as integer) as product_id,
        cast(household_id as integer) as household_id,
        cast(store_id as integer) as store_id,
        cast(transaction_timestamp as timestamp(6)) as sold_at,
        {{ utc_to_local('transaction_timestamp') }} as sold_local_at,
        cast({{ utc_to_local('transaction_timestamp') }} as date) as sold_date,
        cast(week as integer) as grocer_week,
        cast(quantity as integer) as quantity,
        cast(sales_value as decimal(12, 2)) as sales_amount,
        cast(retail_disc as decimal(12, 2)) as retail_discount_amount,
        cast(coupon_disc as decimal(12, 2)) as coupon_discount_amount,
        cast(coupon_match_disc as decimal(12, 2)) as coupon_match_discount_amount,
        cast(recorded_at as timestamp(6)) as recorded_at,
        _dlt_load_id as load_id
    from ranked
    where recency = 1

)

select * from final
