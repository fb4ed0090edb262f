with

tiers as (

    select
        household_id,
        tier,
        occurred_at as valid_from,
        lead(occurred_at) over (partition by household_id order by occurred_at, event_id) as valid_to
    from normalized.nf3_household_events
    where tier is not null

)

select
    tiers.tier,
    strftime(receipts.sold_date, '%Y-%m') as calendar_month,
    count(distinct receipts.household_id) as household_count,
    sum(sales_lines.sales_amount) as sales_amount
from normalized.nf3_receipt_lines as sales_lines
inner join normalized.nf3_receipts as receipts on sales_lines.basket_id = receipts.basket_id
inner join tiers
    on
        receipts.household_id = tiers.household_id
        and receipts.sold_at >= tiers.valid_from
        and (receipts.sold_at < tiers.valid_to or tiers.valid_to is null)
group by calendar_month, tiers.tier
