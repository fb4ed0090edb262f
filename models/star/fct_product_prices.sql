{{ merges_and_deletes('date_key') }}
{{ config(unique_key=['product_key', 'store_key', 'valid_from']) }}

with

lines as {{ not_materialized() }} (

    select * from {{ ref('nf3_receipt_lines') }}

),

receipts as {{ not_materialized() }} (

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

{% if is_incremental() %}

loaded_prices as {{ not_materialized() }} (

    select * from {{ this }}

),

recent_lines as (

    select
        basket_id,
        product_id
    from lines
    where till_sequence > (
        select coalesce(max(loaded_prices.till_sequence), 0) - {{ var('sales_lines_lookback') }}
        from loaded_prices
    )

),

-- Products whose prices count by now or count no more, because the catalogue moved them.
moved_products as (

    select product_key from products_with_unit_price
    where product_key not in (select loaded_prices.product_key from loaded_prices)
    union distinct
    select product_key from loaded_prices
    where product_key not in (select products_with_unit_price.product_key from products_with_unit_price)

),

pairs_to_write as (

    select
        recent_lines.product_id as product_key,
        receipts.store_id as store_key
    from recent_lines
    inner join receipts on recent_lines.basket_id = receipts.basket_id
    union distinct
    select
        lines.product_id as product_key,
        receipts.store_id as store_key
    from lines
    inner join receipts on lines.basket_id = receipts.basket_id
    where lines.product_id in (select moved_products.product_key from moved_products)

),

loaded_prices_of_pairs as (

    select
        loaded_prices.product_key,
        loaded_prices.store_key,
        loaded_prices.valid_from,
        loaded_prices.valid_to,
        loaded_prices.regular_unit_price_amount,
        loaded_prices.loyalty_unit_price_amount,
        loaded_prices.till_sequence,
        loaded_prices.date_key,
        loaded_prices.is_current,
        loaded_prices.is_reduced
    from loaded_prices
    inner join pairs_to_write
        on
            loaded_prices.product_key = pairs_to_write.product_key
            and loaded_prices.store_key = pairs_to_write.store_key

),

{% endif %}

priced_lines as (

    select
        lines.product_id as product_key,
        receipts.store_id as store_key,
        receipts.sold_date,
        lines.first_till_sequence,
        lines.till_sequence,
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
    -- Pairs that are looked up, not joined: DuckDB would join them on the product alone first.
    where
        lines.quantity > 0
    {% if is_incremental() %}
            and exists (
                select 1
                from pairs_to_write
                where lines.product_id = pairs_to_write.product_key and receipts.store_id = pairs_to_write.store_key
            )
        {% endif %}

),

prices_of_days as (

    select
        product_key,
        store_key,
        sold_date,
        regular_unit_price_amount,
        loyalty_unit_price_amount,
        count(*) as line_count,
        max(first_till_sequence) as last_till_sequence,
        max(till_sequence) as till_sequence
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
        till_sequence,
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
        till_sequence,
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
        till_sequence,
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

prices as (

    select
        product_key,
        store_key,
        valid_from,
        valid_to,
        regular_unit_price_amount,
        loyalty_unit_price_amount,
        till_sequence,
        {{ day_key('valid_from') }} as date_key,
        valid_to is null as is_current,
        loyalty_unit_price_amount < regular_unit_price_amount as is_reduced
    from changes

),

final as (

    {{ changed_rows(
        'prices',
        ['product_key', 'store_key', 'valid_from'],
        [
            'valid_to', 'regular_unit_price_amount', 'loyalty_unit_price_amount', 'till_sequence', 'date_key', 'is_current',
            'is_reduced',
        ],
        among='loaded_prices_of_pairs'
    ) }}

)

select * from final
