-- One table a family of metrics, made of third normal form alone: a row an event, with everything that the cases group by.
create table tiers as
select
    household_id,
    occurred_date,
    tier,
    row_number() over (partition by household_id order by occurred_at, event_id) as position
from aisle.normalized.nf3_household_events
where tier is not null;

create macro tier_on(household, day) as coalesce(
    (select last(tiers.tier order by tiers.position) from tiers where tiers.household_id = household and tiers.occurred_date <= day), 'Unknown'
);

create table receipts as
select
    receipts.basket_id,
    receipts.household_id,
    receipts.store_id as store,
    receipts.sold_date as day,
    days.grocer_week as week,
    date_trunc('month', receipts.sold_date) as month,
    tier_on(receipts.household_id, receipts.sold_date) as tier,
    isodow(receipts.sold_date) >= 6 as is_weekend,
    case
        when local_hour < 6 then 'Night'
        when local_hour < 12 then 'Morning'
        when local_hour < 18 then 'Afternoon'
        else 'Evening'
    end as part_of_day
from (
    select *, hour(timezone('America/New_York', timezone('UTC', sold_at))) as local_hour from aisle.normalized.nf3_receipts
) as receipts
inner join aisle.normalized.nf3_calendar_days as days on receipts.sold_date = days.calendar_date;

create table lines as
select
    receipts.*,
    lines.* exclude (basket_id, first_till_sequence, till_sequence),
    coalesce(classes.department, case when products.is_inferred then 'Unknown' else 'Not given' end) as department,
    coalesce(makers.brand, case when products.is_inferred then 'Unknown' else 'Not given' end) as brand,
    exists (
        select 1 from aisle.normalized.nf3_promotions as shown
        where
            shown.product_id = lines.product_id and shown.store_id = receipts.store and shown.grocer_week = receipts.week
            and shown.display_location_code <> '0'
    ) as is_on_display,
    exists (
        select 1 from aisle.normalized.nf3_promotions as shown
        where
            shown.product_id = lines.product_id and shown.store_id = receipts.store and shown.grocer_week = receipts.week
            and shown.mailer_location_code <> '0'
    ) as is_in_mailer
from aisle.normalized.nf3_receipt_lines as lines
inner join receipts on lines.basket_id = receipts.basket_id
inner join aisle.normalized.nf3_products as products on lines.product_id = products.product_id
left join aisle.normalized.nf3_product_classes as classes on products.product_class_id = classes.product_class_id
left join aisle.normalized.nf3_manufacturers as makers on products.manufacturer_id = makers.manufacturer_id;

create table visits as
select
    receipts.*,
    sums.sales_amount,
    sums.product_count,
    sums.coupon_discount_amount
from receipts
inner join (
    select
        basket_id,
        sum(sales_amount) as sales_amount,
        sum(coupon_discount_amount) as coupon_discount_amount,
        count(*) filter (where quantity > 0) as product_count
    from aisle.normalized.nf3_receipt_lines
    group by basket_id
) as sums on receipts.basket_id = sums.basket_id;

create table addresses as
with local as (
    select
        members.campaign_id as campaign,
        members.household_id,
        cast(timezone('America/New_York', timezone('UTC', members.targeted_at)) as date) as day,
        campaigns.campaign_type,
        campaigns.start_date,
        campaigns.end_date,
        least(campaigns.end_date, (select as_of_date from aisle.normalized.nf3_clock)) as last_day
    from aisle.normalized.nf3_campaign_households as members
    inner join aisle.normalized.nf3_campaigns as campaigns on members.campaign_id = campaigns.campaign_id
)
select
    local.* exclude (end_date),
    date_trunc('month', day) as month,
    tier_on(household_id, day) as tier,
    exists (
        select 1 from receipts where receipts.household_id = local.household_id and receipts.day between local.day and local.end_date
    ) as came,
    exists (
        select 1 from lines
        inner join aisle.normalized.nf3_coupon_products as good_for
            on lines.product_id = good_for.product_id and good_for.campaign_id = local.campaign
        where
            lines.household_id = local.household_id and lines.day between local.day and local.end_date and lines.coupon_discount_amount > 0
    ) as bought,
    exists (
        select 1 from aisle.normalized.nf3_coupon_redemptions as redeemed
        where redeemed.household_id = local.household_id and redeemed.campaign_id = local.campaign
    ) as redeemed,
    day = start_date and day - cast(last_day - day + 1 as integer) >= date '2017-01-01' as is_comparable,
    coalesce((
        select sum(visits.sales_amount) from visits
        where visits.household_id = local.household_id and visits.day between local.day and local.last_day
    ), 0) as sales_during,
    coalesce((
        select sum(visits.sales_amount) from visits
        where visits.household_id = local.household_id and visits.day between local.day - cast(local.last_day - local.day + 1 as integer) and local.day - 1
    ), 0) as sales_before
from local;

create table redemptions as
select
    redeemed.household_id,
    redeemed.campaign_id as campaign,
    campaigns.campaign_type,
    redeemed.redeemed_date as day,
    date_trunc('month', redeemed.redeemed_date) as month,
    tier_on(redeemed.household_id, redeemed.redeemed_date) as tier
from aisle.normalized.nf3_coupon_redemptions as redeemed
inner join aisle.normalized.nf3_campaigns as campaigns on redeemed.campaign_id = campaigns.campaign_id;

create table household_months as
with ends as (
    select
        date_trunc('month', calendar_date) as month,
        least(max(calendar_date), (select as_of_date from aisle.normalized.nf3_clock)) as day
    from aisle.normalized.nf3_calendar_days
    where calendar_date <= (select as_of_date from aisle.normalized.nf3_clock)
    group by 1
)
select
    households.household_id,
    ends.month,
    ends.day,
    tier_on(households.household_id, ends.day) as tier,
    (select count(*) from visits where visits.household_id = households.household_id and visits.month = ends.month) as visit_count,
    coalesce((select sum(sales_amount) from visits where visits.household_id = households.household_id and visits.day <= ends.day), 0)
        as sales_to_date,
    ends.day - (select max(day) from visits where visits.household_id = households.household_id and visits.day <= ends.day) as days_away
from aisle.normalized.nf3_households as households
inner join ends on households.enrolled_date <= ends.day;

create table days as
select calendar_date as day, grocer_week as week, date_trunc('month', calendar_date) as month, year(calendar_date) as year
from aisle.normalized.nf3_calendar_days;
