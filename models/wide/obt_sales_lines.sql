with

lines as {{ not_materialized() }} (

    select * from {{ ref('fct_sales_lines') }}

),

promotions as (

    select * from {{ ref('fct_promotions') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

household_versions as (

    select * from {{ ref('dim_households') }}

),

placements as (

    select * from {{ ref('dim_placements') }}

),

times_of_day as (

    select * from {{ ref('dim_times_of_day') }}

),

campaign_targets as (

    select * from {{ ref('fct_campaign_targets') }}

),

campaigns as (

    select * from {{ ref('dim_campaigns') }}

),

products_sold_by_store_and_week as (

    select distinct
        product_key,
        store_key,
        grocer_week
    from lines

),

-- A product may have several promotions in a store and week: one row of them, or the lines would double.
promotions_of_products_sold as (

    select
        promotions.product_key,
        promotions.store_key,
        promotions.grocer_week,
        cast(count(*) as integer) as promotion_count,
        min(case when placements.is_on_display then placements.display_location_name end) as first_display,
        max(case when placements.is_on_display then placements.display_location_name end) as last_display,
        min(case when placements.is_in_mailer then placements.mailer_location_name end) as first_mailer,
        max(case when placements.is_in_mailer then placements.mailer_location_name end) as last_mailer
    from promotions
    inner join placements on promotions.placement_key = placements.placement_key
    inner join products_sold_by_store_and_week as sold
        on
            promotions.product_key = sold.product_key
            and promotions.store_key = sold.store_key
            and promotions.grocer_week = sold.grocer_week
    group by
        promotions.product_key,
        promotions.store_key,
        promotions.grocer_week

),

not_promoted as (

    select
        display_location_name,
        mailer_location_name
    from placements
    where placement_key = 0

),

household_days as (

    select distinct
        household_id,
        sold_date
    from lines

),

household_days_in_campaigns as (

    select
        household_days.household_id,
        household_days.sold_date,
        cast(count(*) as integer) as campaign_count
    from household_days
    inner join campaign_targets on household_days.household_id = campaign_targets.household_id
    inner join campaigns
        on
            campaign_targets.campaign_key = campaigns.campaign_key
            and household_days.sold_date between campaign_targets.targeted_date and campaigns.end_date
    group by
        household_days.household_id,
        household_days.sold_date

),

final as (

    select
        lines.sales_line_key,
        lines.basket_id,
        lines.product_id,
        lines.household_id,
        lines.store_id,
        lines.till_sequence,
        lines.sold_at,
        lines.sold_local_at,
        lines.sold_date,
        lines.grocer_week,
        lines.quantity,
        lines.sales_amount,
        lines.retail_discount_amount,
        lines.coupon_discount_amount,
        lines.coupon_match_discount_amount,
        {{ divide(
            'lines.sales_amount + lines.retail_discount_amount + lines.coupon_match_discount_amount',
            'lines.quantity',
            'decimal(12, 4)'
        ) }} as regular_unit_price_amount,
        {{ divide(
            'lines.sales_amount + lines.coupon_match_discount_amount',
            'lines.quantity',
            'decimal(12, 4)'
        ) }} as loyalty_unit_price_amount,
        times_of_day.hour_of_day as sold_hour,
        times_of_day.part_of_day,
        dates.day_name,
        dates.day_of_week,
        dates.is_weekend,
        dates.is_holiday,
        dates.holiday_name,
        dates.grocer_week_first_date,
        dates.month_number,
        dates.month_name,
        dates.calendar_month,
        dates.quarter_name,
        dates.year_number,
        products.department,
        products.product_category,
        products.product_type,
        products.package_size,
        products.brand,
        products.manufacturer_id,
        products.is_inferred as is_inferred_product,
        household_versions.household_key,
        household_versions.tier,
        household_versions.home_store_id,
        coalesce(lines.store_id = household_versions.home_store_id, false) as is_home_store,
        household_versions.enrolled_date,
        household_versions.age_band,
        household_versions.income_band,
        household_versions.home_ownership,
        household_versions.marital_status,
        household_versions.household_size,
        household_versions.household_composition,
        household_versions.kids_count,
        coalesce(household_days_in_campaigns.campaign_count, 0) as campaign_count,
        coalesce(promotions.promotion_count, 0) as promotion_count,
        promotions.promotion_count is not null as is_on_promotion,
        promotions.first_display is not null as is_on_display,
        promotions.first_mailer is not null as is_in_mailer,
        case
            when promotions.first_display <> promotions.last_display then 'Several'
            else coalesce(promotions.first_display, not_promoted.display_location_name)
        end as display_location_name,
        case
            when promotions.first_mailer <> promotions.last_mailer then 'Several'
            else coalesce(promotions.first_mailer, not_promoted.mailer_location_name)
        end as mailer_location_name
    from lines
    cross join not_promoted
    left join dates on lines.date_key = dates.date_key
    left join times_of_day on {{ time_key('lines.sold_local_at') }} = times_of_day.time_key
    left join products on lines.product_key = products.product_key
    left join household_versions on lines.household_key = household_versions.household_key
    left join household_days_in_campaigns
        on
            lines.household_id = household_days_in_campaigns.household_id
            and lines.sold_date = household_days_in_campaigns.sold_date
    left join promotions_of_products_sold as promotions
        on
            lines.product_key = promotions.product_key
            and lines.store_key = promotions.store_key
            and lines.grocer_week = promotions.grocer_week

)

select * from final
