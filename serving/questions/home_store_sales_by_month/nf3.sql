with

homes as (

    select
        household_id,
        home_store_id,
        occurred_at as valid_from,
        lead(occurred_at) over (partition by household_id order by occurred_at, event_id) as valid_to
    from normalized.nf3_household_events
    where home_store_id is not null

)

select
    strftime(receipts.sold_date, '%Y-%m') as month_of_sale,
    sum(sales_lines.sales_amount) as sales_amount,
    coalesce(sum(sales_lines.sales_amount) filter (where receipts.store_id = homes.home_store_id), 0)
        as home_store_sales_amount
from normalized.nf3_receipt_lines as sales_lines
inner join normalized.nf3_receipts as receipts on sales_lines.basket_id = receipts.basket_id
inner join homes
    on
        receipts.household_id = homes.household_id
        and receipts.sold_at >= homes.valid_from
        and (receipts.sold_at < homes.valid_to or homes.valid_to is null)
group by month_of_sale
