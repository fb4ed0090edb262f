with

measures as (

    select *
    from vault.sat_receipt_line_measures
    qualify row_number() over (partition by receipt_line_hk order by load_date desc) = 1

),

homes as (

    select
        intervals.household_hk,
        links.store_hk,
        intervals.start_date,
        min(intervals.end_date) as end_date
    from vault.eff_household_home_stores as intervals
    inner join vault.lnk_household_home_store as links on intervals.household_store_hk = links.household_store_hk
    group by intervals.household_hk, links.store_hk, intervals.start_date

)

select
    strftime(receipts.sold_date, '%Y-%m') as month_of_sale,
    sum(measures.sales_amount) as sales_amount,
    coalesce(sum(measures.sales_amount) filter (where visits.store_hk = homes.store_hk), 0) as home_store_sales_amount
from vault.nhl_receipt_lines as sales_lines
inner join measures on sales_lines.receipt_line_hk = measures.receipt_line_hk
inner join vault.qav_receipts as receipts on sales_lines.receipt_hk = receipts.receipt_hk
inner join vault.lnk_receipt_household_store as visits on sales_lines.receipt_hk = visits.receipt_hk
inner join homes
    on
        visits.household_hk = homes.household_hk
        and receipts.sold_at >= homes.start_date
        and receipts.sold_at < homes.end_date
group by month_of_sale
