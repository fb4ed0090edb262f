{#- What did each campaign's households buy in its days, and how many of its coupons did they redeem? -#}
-- wrong: two facts in one join. A line is repeated for each redemption of its household, a redemption for each line.
select
    targets.campaign_id,
    sum(sales_lines.sales_amount) as sales_amount,
    count(redemptions.coupon_key) as redemption_count
from {{ ref('fct_campaign_targets') }} as targets
inner join {{ ref('dim_campaigns') }} as campaigns on targets.campaign_key = campaigns.campaign_key
inner join {{ ref('fct_sales_lines') }} as sales_lines
    on
        targets.household_id = sales_lines.household_id
        and sales_lines.sold_date between campaigns.start_date and campaigns.end_date
left join {{ ref('fct_coupon_redemptions') }} as redemptions
    on targets.campaign_id = redemptions.campaign_id and targets.household_id = redemptions.household_id
group by targets.campaign_id
order by targets.campaign_id;

-- right: drill across. Each fact is summed by the campaign alone, then the two answers are joined, one row to one row.
with

sales as (

    select
        targets.campaign_id,
        sum(sales_lines.sales_amount) as sales_amount
    from {{ ref('fct_campaign_targets') }} as targets
    inner join {{ ref('dim_campaigns') }} as campaigns on targets.campaign_key = campaigns.campaign_key
    inner join {{ ref('fct_sales_lines') }} as sales_lines
        on
            targets.household_id = sales_lines.household_id
            and sales_lines.sold_date between campaigns.start_date and campaigns.end_date
    group by targets.campaign_id

),

redemptions as (

    select
        campaign_id,
        count(*) as redemption_count
    from {{ ref('fct_coupon_redemptions') }}
    group by campaign_id

)

select
    sales.campaign_id,
    sales.sales_amount,
    coalesce(redemptions.redemption_count, 0) as redemption_count
from sales
left join redemptions on sales.campaign_id = redemptions.campaign_id
order by sales.campaign_id;
