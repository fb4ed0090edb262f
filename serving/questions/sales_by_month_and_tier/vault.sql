with

measures as (

    select *
    from vault.sat_receipt_line_measures
    qualify row_number() over (partition by receipt_line_hk order by load_date desc) = 1

),

tiers as (

    select
        household_hk,
        tier,
        start_date,
        min(end_date) as end_date
    from vault.eff_household_tiers
    group by household_hk, tier, start_date

)

select
    tiers.tier,
    strftime(receipts.sold_date, '%Y-%m') as calendar_month,
    count(distinct visits.household_hk) as household_count,
    sum(measures.sales_amount) as sales_amount
from vault.nhl_receipt_lines as sales_lines
inner join measures on sales_lines.receipt_line_hk = measures.receipt_line_hk
inner join vault.qav_receipts as receipts on sales_lines.receipt_hk = receipts.receipt_hk
inner join vault.lnk_receipt_household_store as visits on sales_lines.receipt_hk = visits.receipt_hk
inner join tiers
    on
        visits.household_hk = tiers.household_hk
        and receipts.sold_at >= tiers.start_date
        and receipts.sold_at < tiers.end_date
group by calendar_month, tiers.tier
