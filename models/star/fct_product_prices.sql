with

lines as (

    select * from {{ ref('nf3_receipt_lines') }}

),

receipts as (

    select * from {{ ref('nf3_receipts') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

-- Fuel and what is booked like it count in parts of a unit, so that their quotient is no price of anything on a shelf.
products_with_unit_price as (

    select product_key
    from products
    where
        department != 'FUEL'
        and product_category != 'COUPON/MISC ITEMS'

),

priced_lines as (

    select
        lines.product_id as product_key,
        receipts.store_id as store_key,
        receipts.sold_date,
        lines.first_till_sequence,
        {{ divide(
            'lines.sales_amount + lines.retail_discount_amount + lines.coupon_match_discount_amount',
            'lines.quantity',
            'decimal(12, 2)'
        ) }} as regular_unit_price_amount,
        {{ divide(
            'lines.sales_amount + lines.coupon_match_discount_amount',
            'lines.quantity',
            'decimal(12, 2)'
        ) }} as loyalty_unit_price_amount
    from lines
    inner join receipts on lines.basket_id = receipts.basket_id
    inner join products_with_unit_price on lines.product_id = products_with_unit_price.product_key
    where lines.quantity > 0

),

prices_of_days as (

    select
        product_key,
        store_key,
        sold_date,
        regular_unit_price_amount,
        loyalty_unit_price_amount,
        count(*) as line_count,
        max(first_till_sequence) as last_till_sequence
    from priced_lines
    where regular_unit_price_amount > 0
    group by product_key, store_key, sold_date, regular_unit_price_amount, loyalty_unit_price_amount

),

-- What most lines of the day paid; when as many paid another price, the price of the last of them.
ranked_prices as (

    select
        product_key,
        store_key,
        sold_date,
        regular_unit_price_amount,
        loyalty_unit_price_amount,
        row_number() over (
            partition by product_key, store_key, sold_date
            order by line_count desc, last_till_sequence desc
        ) as rank_of_the_day
    from prices_of_days

),

-- A product that is not in the store's receipts between two days has kept its price, as far as anyone can tell.
prices_with_the_one_before as (

    select
        product_key,
        store_key,
        sold_date,
        regular_unit_price_amount,
        loyalty_unit_price_amount,
        lag(regular_unit_price_amount) over (
            partition by product_key, store_key
            order by sold_date
        ) as regular_before_amount,
        lag(loyalty_unit_price_amount) over (
            partition by product_key, store_key
            order by sold_date
        ) as loyalty_before_amount
    from ranked_prices
    where rank_of_the_day = 1

),

changes as (

    select
        product_key,
        store_key,
        regular_unit_price_amount,
        loyalty_unit_price_amount,
        sold_date as valid_from,
        lead(sold_date) over (
            partition by product_key, store_key
            order by sold_date
        ) as valid_to
    from prices_with_the_one_before
    where
        regular_before_amount is null
        or regular_unit_price_amount != regular_before_amount
        or loyalty_unit_price_amount != loyalty_before_amount

),

final as (

    select
        product_key,
        store_key,
        valid_from,
        valid_to,
        regular_unit_price_amount,
        loyalty_unit_price_amount,
        cast(
            extract(year from valid_from) * 10000 + extract(month from valid_from) * 100 + extract(day from valid_from)
            as integer
        ) as date_key,
        valid_to is null as is_current,
        loyalty_unit_price_amount < regular_unit_price_amount as is_reduced
    from changes

)

select * from final
