with

lines as (

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

display_locations as (

    select * from {{ ref('dim_display_locations') }}

),

mailer_locations as (

    select * from {{ ref('dim_mailer_locations') }}

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
        min(case when promotions.is_on_display then promotions.display_location_key end) as first_display_key,
        max(case when promotions.is_on_display then promotions.display_location_key end) as last_display_key,
        min(case when promotions.is_in_mailer then promotions.mailer_location_key end) as first_mailer_key,
        max(case when promotions.is_in_mailer then promotions.mailer_location_key end) as last_mailer_key
    from promotions
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
        cast(extract(hour from lines.sold_local_at) as integer) as sold_hour,
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
        coalesce(promotions.promotion_count, 0) as promotion_count,
        promotions.promotion_count is not null as is_on_promotion,
        promotions.first_display_key is not null as is_on_display,
        promotions.first_mailer_key is not null as is_in_mailer,
        case
            when promotions.first_display_key <> promotions.last_display_key then 'Several'
            else display_locations.display_location_name
        end as display_location_name,
        case
            when promotions.first_mailer_key <> promotions.last_mailer_key then 'Several'
            else mailer_locations.mailer_location_name
        end as mailer_location_name
    from lines
    left join dates on lines.date_key = dates.date_key
    left join products on lines.product_key = products.product_key
    left join household_versions on lines.household_key = household_versions.household_key
    left join promotions_of_products_sold as promotions
        on
            lines.product_key = promotions.product_key
            and lines.store_key = promotions.store_key
            and lines.grocer_week = promotions.grocer_week
    left join display_locations
        on coalesce(promotions.first_display_key, 0) = display_locations.display_location_key
    left join mailer_locations
        on coalesce(promotions.first_mailer_key, 0) = mailer_locations.mailer_location_key

)

select * from final
